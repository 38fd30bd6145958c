/**
 * The order of things. All of it is one function that is called in the last line, so that a script that arrived only
 * in part does nothing, and commands cannot read the script from standard input.
 */
export const MAIN = String.raw`
property() { # NAME: an environment property, from the hook's environment or from Beanstalk
  value=$(printenv "$1" 2>/dev/null)
  tool="$ROOT_PREFIX/opt/elasticbeanstalk/bin/get-config"
  if [ -z "$value" ] && [ -x "$tool" ]; then value=$("$tool" environment -k "$1" 2>/dev/null); fi
  printf '%s' "$value"
}

parameters() {
  [ -n "$FILE_SYSTEM" ] || FILE_SYSTEM=$(property BERTOPS_FILE_SYSTEM)
  [ -n "$MOUNT_POINT" ] || MOUNT_POINT=$(property BERTOPS_MOUNT_POINT)
  [ -n "$MOUNT_POINT" ] || MOUNT_POINT=/efs
  [ -n "$MODELS_ROOT" ] || MODELS_ROOT=$(property MODEL_ROOT)
  [ -n "$MODELS_ROOT" ] || MODELS_ROOT=$MOUNT_POINT/models
  POINT="$ROOT_PREFIX$MOUNT_POINT"
  STORE="$ROOT_PREFIX$MODELS_ROOT"
  STATE_DIR="$ROOT_PREFIX/var/run/efs"
  expr "$FILE_SYSTEM" : 'fs-[0-9a-f]*$' >/dev/null ||
    fail parameters 10 no-file-system "no file system id: BERTOPS_FILE_SYSTEM is '$FILE_SYSTEM'" "Set it with bertops init or bertops deploy."
  case $MOUNT_POINT in
    /*[!A-Za-z0-9/._-]* | / | [!/]*) fail parameters 10 bad-mount-point "$MOUNT_POINT is not a mount point" "Use an absolute path such as /efs." ;;
  esac
  case $MODELS_ROOT in
    "$MOUNT_POINT"/*) ;;
    *) fail parameters 10 bad-store "$MODELS_ROOT is not below $MOUNT_POINT" "Put the store below the mount point." ;;
  esac
  [ -n "$ROOT_PREFIX" ] || [ "$(id -u)" -eq 0 ] || fail parameters 13 not-root "mounting needs root" "Let the user run sudo, or log in as root."
}

one_at_a_time() { # the hook of a deployment and mount-efs can meet
  if [ ! -d "$ROOT_PREFIX/run" ] || ! command -v flock >/dev/null 2>&1; then return 0; fi
  exec 9>"$ROOT_PREFIX/run/bertops-mount.lock" || return 0
  flock -w 120 9 || fail parameters 14 busy "another run of this script holds /run/bertops-mount.lock" "Wait for it, then run the same command again."
}

check() {
  look
  fstab_check
  [ -n "$SOURCE" ] || fail check 80 not-mounted "nothing is mounted at $MOUNT_POINT" "bertops mount-efs"
  same_file_system
  bounded 10 ls "$POINT" >/dev/null 2>&1 ||
    fail check 81 hung "$MOUNT_POINT does not answer" "See the mount targets and their security group; /var/log/amazon/efs on the host."
  [ "$FSTAB_STATE" = unchanged ] || fail check 82 no-fstab "/etc/fstab has no line for $MOUNT_POINT: it will be gone after a reboot" "bertops mount-efs"
  if bounded 10 ls -d "$STORE/." >/dev/null 2>&1; then STORE_STATE=unchanged; else
    fail check 83 no-store "$MODELS_ROOT does not exist" "bertops mount-efs"
  fi
  say check ok "$MOUNTED_ID is mounted at $MOUNT_POINT"
  result already-mounted 0 check '' '' ''
}

main() {
  PATH=$PATH:/usr/sbin:/sbin
  SOURCE='' TYPE='' OPTS='' MOUNTED_ID='' FSTAB_STATE='' FSTAB_LINE='' STORE_STATE='' DID_MOUNT=no DID_MKDIR=no
  trap '' HUP PIPE # a cut connection must not stop it half way
  umask 022
  parameters
  if [ "$MODE" = check ]; then
    check
    return 0
  fi
  one_at_a_time
  DEADLINE=$(($(now) + WAIT))
  region
  look
  if [ -n "$SOURCE" ]; then
    same_file_system
    bounded 10 ls "$POINT" >/dev/null 2>&1 ||
      fail mount 42 hung "$MOUNT_POINT is mounted but does not answer" "See the mount targets and their security group; /var/log/amazon/efs on the host."
    state=already-mounted
    say mount unchanged "$FILE_SYSTEM at $MOUNT_POINT"
  else
    install
    reach
    mount_now
    look
    [ -n "$SOURCE" ] || fail mount 43 not-mounted "mount said yes, but nothing is mounted at $MOUNT_POINT" "See /var/log/amazon/efs/mount.log on the host."
    same_file_system
    state=mounted
    say mount ok "$FILE_SYSTEM at $MOUNT_POINT ($TYPE)"
  fi
  store
  probe
  read_ahead
  fstab
  result "$state" 0 '' '' '' ''
}

main "$@"
`;
