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
  printf '"fileSystem":"%s","mountPoint":"%s","source":"%s","type":"%s","options":"%s","fstab":"%s","fstabLine":"%s","store":"%s"}\n' \
    "$(text "$MOUNTED_ID")" "$(text "$MOUNT_POINT")" "$(text "$SOURCE")" "$(text "$TYPE")" "$(text "$OPTS")" \
    "$FSTAB_STATE" "$(text "$FSTAB_LINE")" "$STORE_STATE"
}

undo() {
  if [ "$DID_MOUNT" = yes ]; then bounded 20 umount "$MOUNT_POINT" </dev/null >/dev/null 2>&1; fi
  if [ "$DID_MKDIR" = yes ]; then bounded 5 rmdir "$POINT" >/dev/null 2>&1; fi
}

fail() { # STEP CODE REASON MESSAGE REMEDY
  say "$1" failed "$4"
  undo
  result failed "$2" "$1" "$3" "$4" "$5"
  exit "$2"
}

bounded() { # SECONDS COMMAND...: a file system whose server is gone hangs whoever touches it
  limit=$1
  shift
  if command -v timeout >/dev/null 2>&1; then
    timeout "$limit" "$@"
  elif command -v perl >/dev/null 2>&1; then
    perl -e 'alarm shift; exec @ARGV or exit 127' "$limit" "$@"
  else
    "$@"
  fi
}

last_words() { # the last two lines that are not empty
  printf '%s\n' "$1" | sed '/^[[:space:]]*$/d' | tail -n 2 | tr '\n' ' ' | sed 's/ *$//'
}

now() { date +%s; }
`;
