/** Takes the mount away, never from under a program that uses it, unless that is asked for; the data stay. */
export const UNMOUNT = String.raw`
users_of_mount() { # prints who uses it: NAME (pid N, USER), at most eight of them
  # Looks at links in /proc only: a look at the file system itself would hang where the server is gone.
  {
    bounded 10 ls -l /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe /proc/[0-9]*/fd/* 2>/dev/null |
      awk -v at="$MOUNT_POINT" '{
        arrow = index($0, " -> ")
        place = substr($0, arrow + 4)
        if (!arrow || (place != at && index(place, at "/") != 1)) next
        from = index($0, "/proc/") + 6
        print substr($0, from, index(substr($0, from), "/") - 1)
      }'
    bounded 10 grep -l -F " $MOUNT_POINT/" /proc/[0-9]*/maps 2>/dev/null | awk -F / '{ print $3 }'
  } | sort -un | head -n 8 | while read -r pid; do
    printf '%s (pid %s, %s), ' "$(cat "/proc/$pid/comm" 2>/dev/null)" "$pid" "$(bounded 5 ls -ld "/proc/$pid" 2>/dev/null | awk '{ print $3 }')"
  done | sed 's/, $//'
}

unmount_now() { # STEP
  rounds=0
  while [ -n "$SOURCE" ]; do # what was mounted twice is unmounted twice
    rounds=$((rounds + 1))
    if [ "$FORCE" = yes ]; then
      output=$(bounded "$((ANSWER * 3))" umount -l "$MOUNT_POINT" 2>&1 </dev/null)
    else
      output=$(bounded "$((ANSWER * 3))" umount "$MOUNT_POINT" 2>&1 </dev/null)
    fi
    code=$?
    case $code:$output in
      0:*) ;;
      124:*) fail "$1" unmount-hung "umount $MOUNT_POINT did not come back" ;;
      *busy*) fail "$1" busy "$MOUNT_POINT is in use by $(users_of_mount | sed 's/^$/a program that is not seen from here/')" ;;
      *) fail "$1" unmount-failed "umount ended with $code: $(last_words "$output")" ;;
    esac
    DID_UNMOUNT=yes
    look
    [ "$rounds" -lt 5 ] || break
  done
  [ -z "$SOURCE" ] || fail "$1" unmount-failed "$SOURCE is still mounted at $MOUNT_POINT"
  say "$1" ok "unmounted $MOUNT_POINT"
}

to_be_replaced() { # after look: is this what --replace names?
  [ -n "$REPLACE" ] && { [ "$REPLACE" = "$MOUNTED_ID" ] || [ "$REPLACE" = "$SOURCE" ]; }
}

unmount() {
  look
  stop_boot
  state=not-mounted
  if [ -n "$SOURCE" ]; then
    to_be_replaced || same_file_system unmount
    unmount_now unmount
    state=unmounted
  else
    say unmount unchanged "nothing is mounted at $MOUNT_POINT"
  fi
  DID_UNMOUNT=no # from here on it shall stay away
  FSTAB_LINE=''
  replace_fstab
  if [ "$FSTAB_STATE" = written ]; then FSTAB_STATE=removed; fi
  say fstab "$FSTAB_STATE" "no line for $MOUNT_POINT"
  remove_boot
  DID_STOP=no
  say boot "$BOOT_STATE" "no unit for $MOUNT_POINT"
  MOUNTED_ID=$FILE_SYSTEM
  result "$state" 0 '' '' '' ''
}
`;
