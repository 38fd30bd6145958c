/**
 * What is mounted at the mount point, and which file system it is. Over TLS the kernel only sees the helper's local
 * proxy (`127.0.0.1:/`), so the id comes from the helper's state file, named `ID.MOUNT.POINT.PORT`. A failed mount
 * leaves such a file too, so the port must be the one that the kernel uses.
 */
export const LOOK = String.raw`
look() { # sets SOURCE TYPE OPTS ('' where nothing is mounted), MOUNTED_ID ('' where it cannot be told) and STATE_FILE
  SOURCE='' TYPE='' OPTS='' MOUNTED_ID='' STATE_FILE=''
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
    *.fs-*) MOUNTED_ID=$(expr "$SOURCE" : '[^:]*\.\(fs-[0-9a-f]*\)\.') ;;
    127.* | localhost:*)
      find_state_file
      [ -z "$STATE_FILE" ] || MOUNTED_ID=$(expr "$(basename "$STATE_FILE")" : '\(fs-[0-9a-f]*\)') ;;
  esac
  if [ -z "$MOUNTED_ID" ]; then
    for address in $MOUNT_TARGETS $MOUNT_TARGET_IP; do
      case $SOURCE in "$address":*) MOUNTED_ID=$FILE_SYSTEM ;; esac
    done
  fi
}

find_state_file() { # the mount helper's, for what is mounted here; ours where several fit
  dots=$(printf '%s' "$MOUNT_POINT" | sed 's|^/*||; s|/|.|g')
  port=$(printf '%s' "$OPTS" | tr ',' '\n' | sed -n 's/^port=//p' | head -n 1)
  for file in "$STATE_DIR"/fs-*."$dots".*; do
    [ -f "$file" ] || continue
    name=$(basename "$file")
    id=$(expr "$name" : '\(fs-[0-9a-f]*\)\.')
    number=$(expr "$name" : '.*\.\([0-9]*\)$')
    [ "$name" = "$id.$dots.$number" ] || continue
    if [ -n "$port" ] && [ "$port" != "$number" ]; then continue; fi
    STATE_FILE=$file
    [ "$id" != "$FILE_SYSTEM" ] || break
  done
}

identify() { # after look: is it ours? sets WHY and MESSAGE where not
  WHY='' MESSAGE=''
  if [ -z "$MOUNTED_ID" ]; then
    WHY=unknown-file-system MESSAGE="$SOURCE ($TYPE) is mounted at $MOUNT_POINT, and no state file says that it is $FILE_SYSTEM"
  elif [ "$MOUNTED_ID" != "$FILE_SYSTEM" ]; then
    WHY=other-file-system MESSAGE="$MOUNTED_ID is mounted at $MOUNT_POINT, not $FILE_SYSTEM"
  elif [ -n "$STATE_FILE" ]; then
    through=$(sed -n 's/.*"accessPoint": *"\(fsap-[0-9a-f]*\)".*/\1/p' "$STATE_FILE" 2>/dev/null | head -n 1)
    # Who asks for none takes the one that is there; of a mount that was just made, an old helper's file may not say.
    if [ "$MODE" != remount ]; then ACCESS_POINT=${"$"}{ACCESS_POINT:-$through}; fi
    if [ "$through" != "$ACCESS_POINT" ] && { [ "$DID_MOUNT" = no ] || [ -n "$through" ]; }; then
      WHY=other-access-point
      MESSAGE="$FILE_SYSTEM is mounted at $MOUNT_POINT through ${"$"}{through:-no access point}, not through ${"$"}{ACCESS_POINT:-none}"
    fi
  fi
  [ -z "$WHY" ]
}

same_file_system() { # STEP, after look: refuses what is not ours
  identify && return 0
  DID_MOUNT=no # whatever is there now, it is not for us to take away
  hint=''
  case $WHY in
    other-file-system) hint="Unmount it first, choose another mount point, or replace it: bertops mount-efs --remount --replace $MOUNTED_ID" ;;
    unknown-file-system) hint="Unmount it first, choose another mount point, or replace it: bertops mount-efs --remount --replace $SOURCE" ;;
  esac
  fail "$1" "$WHY" "$MESSAGE" "$hint"
}

answers() { # does the mounted file system answer?
  bounded "$ANSWER" ls "$POINT" >/dev/null 2>&1 </dev/null
}
`;
