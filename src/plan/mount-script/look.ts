/**
 * What is mounted at the mount point, and which file system it is. Over TLS the kernel only sees the helper's local
 * proxy (`127.0.0.1:/`), so the id comes from the helper's state file, named `ID.MOUNT.POINT.PORT`.
 */
export const LOOK = String.raw`
look() { # sets SOURCE TYPE OPTS ('' where nothing is mounted) and MOUNTED_ID ('' where it cannot be told)
  SOURCE='' TYPE='' OPTS='' MOUNTED_ID=''
  if command -v findmnt >/dev/null 2>&1; then
    found=$(bounded 5 findmnt -n -r -o SOURCE,FSTYPE,OPTIONS -M "$MOUNT_POINT" 2>/dev/null </dev/null | tail -n 1)
  else
    found=$(awk -v at="$MOUNT_POINT" '$2 == at { line = $1 " " $3 " " $4 } END { print line }' \
      "$ROOT_PREFIX/proc/self/mounts" 2>/dev/null)
  fi
  [ -n "$found" ] || return 0
  SOURCE=$(printf '%s' "$found" | awk '{ print $1 }')
  TYPE=$(printf '%s' "$found" | awk '{ print $2 }')
  OPTS=$(printf '%s' "$found" | awk '{ print $3 }')
  case $SOURCE in
    fs-*) MOUNTED_ID=$(expr "$SOURCE" : '\(fs-[0-9a-f]*\)') ;;
    127.* | localhost:*) MOUNTED_ID=$(state_file_id) ;;
  esac
  if [ -z "$MOUNTED_ID" ]; then
    for address in $MOUNT_TARGETS; do
      case $SOURCE in "$address":*) MOUNTED_ID=$FILE_SYSTEM ;; esac
    done
  fi
}

state_file_id() {
  dots=$(printf '%s' "$MOUNT_POINT" | sed 's|^/*||; s|/|.|g')
  port=$(printf '%s' "$OPTS" | tr ',' '\n' | sed -n 's/^port=//p' | head -n 1)
  newest=''
  for file in "$STATE_DIR"/fs-*."$dots".*; do
    [ -f "$file" ] || continue
    name=$(basename "$file")
    id=$(expr "$name" : '\(fs-[0-9a-f]*\)\.')
    number=$(expr "$name" : '.*\.\([0-9]*\)$')
    [ "$name" = "$id.$dots.$number" ] || continue
    if [ -n "$port" ] && [ "$port" != "$number" ]; then continue; fi
    newest=$id
    [ "$id" != "$FILE_SYSTEM" ] || break
  done
  printf '%s' "$newest"
}
`;
