/**
 * How the script speaks, and how it ends: one `bertops: STEP: STATE: DETAIL` line a step, one
 * `bertops-result: {json}` line at the end, and on failure what it had changed is taken back.
 */
export const REPORT = String.raw`
say() { # STEP STATE DETAIL
  printf 'bertops: %s: %s: %s\n' "$1" "$2" "$3"
}

text() { # one line of plain characters, fit for JSON
  printf '%s' "$1" | LC_ALL=C tr '\n\r\t' '   ' | LC_ALL=C tr -d '\000-\037' | LC_ALL=C sed 's/\\/\\\\/g; s/"/\\"/g'
}

result() { # STATE CODE STEP REASON MESSAGE REMEDY
  printf 'bertops-result: {"state":"%s","code":%s,"step":"%s","reason":"%s","message":"%s","remedy":"%s",' \
    "$1" "$2" "$3" "$4" "$(text "$5")" "$(text "$6")"
  printf '"fileSystem":"%s","mountPoint":"%s","source":"%s","type":"%s","options":"%s","fstab":"%s","fstabLine":"%s","store":"%s","boot":"%s"}\n' \
    "$(text "$MOUNTED_ID")" "$(text "$MOUNT_POINT")" "$(text "$SOURCE")" "$(text "$TYPE")" "$(text "$OPTS")" \
    "$FSTAB_STATE" "$(text "$FSTAB_LINE")" "$STORE_STATE" "$BOOT_STATE"
}

undo() { # takes back what this run changed, in reverse
  END=$(($(now) + 60)) # what is taken back has its own time
  if [ "$DID_MOUNT" = yes ]; then bounded 20 umount "$MOUNT_POINT" </dev/null >/dev/null 2>&1; fi
  if [ "$DID_MKDIR" = yes ]; then bounded 5 rmdir "$POINT" >/dev/null 2>&1; fi
  if [ "$DID_UNMOUNT" = yes ]; then
    bounded 30 mount "$MOUNT_POINT" </dev/null >/dev/null 2>&1 || say mount note "what was mounted before could not be mounted again"
  fi
  if [ "$DID_STOP" = yes ]; then bounded 10 systemctl start "$UNIT.timer" </dev/null >/dev/null 2>&1; fi
}

fail() { # STEP REASON MESSAGE [REMEDY]
  why=$2
  # Whatever was cut short by the end of the time given, that is the reason.
  if [ -n "$END" ] && [ "$(now)" -ge "$END" ]; then why=out-of-time; fi
  failure_of "$why"
  REMEDY=${"$"}{4:-$REMEDY}
  say "$1" failed "$3"
  undo
  result failed "$EXIT" "$1" "$why" "$3" "$REMEDY"
  # Last, for who reads the end of a log: Elastic Beanstalk's events show a hook's last words.
  printf '%s\n' "bertops: $FILE_SYSTEM at $MOUNT_POINT failed ($why, exit code $EXIT): $3. $REMEDY" >&2
  exit "$EXIT"
}

last_words() { # the last two lines that are not empty
  printf '%s\n' "$1" | sed '/^[[:space:]]*$/d' | tail -n 2 | tr '\n' ' ' | sed 's/ *$//'
}
`;

/** Nothing may take longer than it is given, nor than is left of the whole: a file system whose server is gone hangs whoever touches it. */
export const BOUNDED = String.raw`
now() { date +%s; }

bounded() { # SECONDS COMMAND...: 124 where the time was up; commands do not inherit the lock (9)
  limit=$1
  shift
  if [ -n "$END" ]; then
    left=$((END - $(now)))
    if [ "$left" -lt 1 ]; then return 124; fi
    if [ "$left" -lt "$limit" ]; then limit=$left; fi
  fi
  if [ -z "$TIMEOUT" ]; then
    TIMEOUT='none'
    if timeout 1 true 2>/dev/null; then TIMEOUT='plain'; fi
    if timeout -k 1 1 true 2>/dev/null; then TIMEOUT='kill'; fi
  fi
  case $TIMEOUT in
    kill) timeout -k 3 "$limit" "$@" 9>&- ;;
    plain) timeout "$limit" "$@" 9>&- ;;
    *) bounded_by_hand "$limit" "$@" 9>&- ;;
  esac
  code=$?
  # Killed (137) or ended (143) by a timeout of another make: the time was up all the same.
  case $code in 137 | 142 | 143) code=124 ;; esac
  return "$code"
}

bounded_by_hand() { # where there is no timeout(1)
  wait_for=$1
  shift
  "$@" <&0 &
  child=$!
  ( trap 'kill "$nap" 2>/dev/null; exit' TERM; sleep "$wait_for" & nap=$!; wait "$nap"; kill -9 "$child" ) >/dev/null 2>&1 &
  guard=$!
  wait "$child" 2>/dev/null
  code=$?
  kill "$guard" 2>/dev/null
  return "$code"
}
`;

/**
 * What a command said, without waiting for the daemons that it leaves behind: a mount helper's watchdog and proxy keep
 * its standard output open, and a command substitution would wait until they close it, whatever its own time limit is.
 * So it goes to a file, one without a name, of which nothing stays however the script ends.
 */
export const CAPTURED = String.raw`
captured() { # COMMAND...: runs it with nothing to read; OUTPUT is what it printed, and its exit code is the result
  OUTPUT=''
  if ! spool=$(mktemp 2>/dev/null); then # no space, no mktemp
    OUTPUT=$("$@" 2>&1 </dev/null)
    return
  fi
  # shellcheck disable=SC2094 # written by one descriptor, and when that is over, read by the other
  {
    rm -f "$spool"
    "$@" </dev/null >&8 2>&1 7<&- 8>&-
    ended=$?
    OUTPUT=$(cat <&7)
  } 7<"$spool" 8>"$spool"
  return "$ended"
}
`;
