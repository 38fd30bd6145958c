/** Looks at everything, changes nothing, and tells all that is wrong; the first fault is the result's. */
export const CHECK = String.raw`
fault() { # REASON MESSAGE
  say check fault "$2"
  if [ -z "$FAULT" ]; then
    FAULT=$1 FAULTS=$2
  else
    FAULTS="$FAULTS; also: $2"
  fi
}

check() {
  FAULT='' FAULTS=''
  look
  if [ -z "$SOURCE" ]; then
    fault not-mounted "nothing is mounted at $MOUNT_POINT"
  elif ! identify; then
    fault "$WHY" "$MESSAGE"
  elif ! answers; then
    fault hung "$MOUNT_POINT does not answer"
  else
    if bounded "$ANSWER" ls -d "$STORE/." >/dev/null 2>&1 </dev/null; then
      STORE_STATE=unchanged
      user_may "$OWNER" -w -x || fault store-not-writable "$OWNER may not write $MODELS_ROOT"
      user_may "$GROUP" -r -x || fault store-not-readable "$GROUP may not read $MODELS_ROOT"
    else
      fault no-store-directory "$MODELS_ROOT does not exist"
    fi
    read_ahead_look
    if [ -n "$READ_AHEAD" ] && [ "$READ_AHEAD" -lt 15360 ]; then
      say check note "only $READ_AHEAD KiB are read ahead: large files load slowly"
    fi
  fi
  fstab_check
  [ "$FSTAB_STATE" = unchanged ] || fault no-fstab "/etc/fstab has no line for $MOUNT_POINT: it will be gone after a reboot"
  boot_check
  [ "$BOOT_STATE" != missing ] || fault no-boot-unit "$UNIT.timer does not run: a boot that finds the file system away stays without it"
  [ -z "$FAULT" ] || fail check "$FAULT" "$FAULTS"
  say check ok "$MOUNTED_ID is mounted at $MOUNT_POINT"
  result already-mounted 0 check '' '' ''
}
`;
