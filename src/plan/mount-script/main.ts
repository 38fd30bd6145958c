/** What the script was told, by its first lines or by the environment's properties, and whether that can be. */
export const PARAMETERS = String.raw`
property() { # NAME: an environment property, from the hook's environment or from Beanstalk
  value=$(printenv "$1" 2>/dev/null)
  tool="$ROOT_PREFIX/opt/elasticbeanstalk/bin/get-config"
  if [ -z "$value" ] && [ -x "$tool" ]; then value=$("$tool" environment -k "$1" 2>/dev/null </dev/null); fi
  printf '%s' "$value"
}

parameters() {
  if [ -z "$FILE_SYSTEM" ]; then
    FILE_SYSTEM=$(property BERTOPS_FILE_SYSTEM)
    patience=$(property BERTOPS_MOUNT_WAIT)
    case $patience in '' | *[!0-9]*) ;; *) WAIT=$patience ;; esac
  fi
  [ -n "$MOUNT_POINT" ] || MOUNT_POINT=$(property BERTOPS_MOUNT_POINT)
  [ -n "$MOUNT_POINT" ] || MOUNT_POINT=/efs
  [ -n "$MODELS_ROOT" ] || MODELS_ROOT=$(property MODEL_ROOT)
  [ -n "$MODELS_ROOT" ] || MODELS_ROOT=$MOUNT_POINT/models
  [ -n "$ACCESS_POINT" ] || ACCESS_POINT=$(property BERTOPS_ACCESS_POINT)
  [ -n "$IAM" ] || IAM=$(property BERTOPS_IAM)
  [ -n "$KIND" ] || KIND=$(property BERTOPS_MOUNT_TYPE)
  [ -n "$KIND" ] || KIND=efs
  POINT="$ROOT_PREFIX$MOUNT_POINT"
  STORE="$ROOT_PREFIX$MODELS_ROOT"
  STATE_DIR="$ROOT_PREFIX/var/run/efs"
  expr "$FILE_SYSTEM" : 'fs-[0-9a-f][0-9a-f]*$' >/dev/null ||
    fail parameters no-file-system "no file system id: BERTOPS_FILE_SYSTEM is '$FILE_SYSTEM'"
  case $MOUNT_POINT in
    /*[!A-Za-z0-9/._-]* | / | [!/]* | *//*) fail parameters bad-mount-point "$MOUNT_POINT is not a mount point" ;;
  esac
  case $MODELS_ROOT in
    *[!A-Za-z0-9/._-]*) fail parameters bad-store "$MODELS_ROOT is not a plain path" ;;
    "$MOUNT_POINT"/*) ;;
    *) fail parameters bad-store "$MODELS_ROOT is not below $MOUNT_POINT" ;;
  esac
  if [ -n "$ACCESS_POINT" ]; then
    if [ "$KIND" = nfs4 ] || ! expr "$ACCESS_POINT" : 'fsap-[0-9a-f][0-9a-f]*$' >/dev/null; then
      fail parameters bad-access-point "$ACCESS_POINT cannot be mounted as $KIND"
    fi
  fi
  [ -n "$ROOT_PREFIX" ] || [ "$(id -u)" -eq 0 ] || fail parameters not-root "mounting needs root"
}
`;

/**
 * The order of things. All of it is one function that is called in the last line, so that a script that arrived only
 * in part does nothing, and commands cannot read the script from standard input.
 */
export const MAIN = String.raw`
one_at_a_time() { # the hook of a deployment and mount-efs can meet
  if [ ! -d "$ROOT_PREFIX/run" ] || ! command -v flock >/dev/null 2>&1; then return 0; fi
  exec 9>"$ROOT_PREFIX/run/bertops-mount.lock" || return 0
  if [ "$LIMIT" -lt 120 ]; then patience=$LIMIT; else patience=120; fi
  flock -w "$patience" 9 || fail parameters already-running "another run of this script holds /run/bertops-mount.lock"
}

provide() { # mounts what is not mounted, and brings all that belongs to it to what is wanted
  if [ "$MODE" = mount ] && [ "$KIND" != nfs4 ]; then adopt; fi
  look
  state=mounted
  if [ -n "$SOURCE" ] && [ "$MODE" = remount ]; then
    # Another access point of ours is what a remount is for.
    [ "$MOUNTED_ID" = "$FILE_SYSTEM" ] || to_be_replaced || same_file_system mount
    # All that can fail without touching the mount comes first.
    install
    reach
    stop_boot
    unmount_now mount
  elif [ -n "$SOURCE" ]; then
    same_file_system mount
    answers || fail mount hung "$MOUNT_POINT is mounted but does not answer"
    state=already-mounted
    say mount unchanged "$FILE_SYSTEM at $MOUNT_POINT"
    case $KIND:$SOURCE in
      efs:127.*) ;;
      efs:*)
        say mount note "mounted without TLS; --remount mounts it with"
        # The line in fstab must be one that this host can mount at a boot.
        if ! helper_present; then KIND=nfs4; fi ;;
    esac
  else
    install
    reach
  fi
  if [ "$state" = mounted ]; then
    mount_now
    look
    [ -n "$SOURCE" ] || fail mount vanished "mount said yes, but nothing is mounted at $MOUNT_POINT"
    same_file_system mount
    say mount ok "$FILE_SYSTEM at $MOUNT_POINT ($TYPE)"
  fi
  store
  probe
  read_ahead
  [ -z "$READ_AHEAD" ] || say read-ahead ok "$READ_AHEAD KiB"
  fstab
  boot
  result "$state" 0 '' '' '' ''
}

main() {
  [ -n "$ROOT_PREFIX" ] || PATH=$PATH:/usr/sbin:/sbin
  SOURCE='' TYPE='' OPTS='' MOUNTED_ID='' FSTAB_STATE='' FSTAB_LINE='' STORE_STATE='' BOOT_STATE='' READ_AHEAD=''
  DID_MOUNT=no DID_MKDIR=no DID_UNMOUNT=no DID_STOP=no NAME_REGION=no TIMEOUT='' END=''
  trap '' HUP PIPE # a cut connection must not stop it half way
  trap 'trap "" TERM INT; fail script interrupted "somebody ended the script"' TERM INT
  umask 022
  parameters
  END=$(($(now) + LIMIT))
  DEADLINE=$(($(now) + WAIT))
  if [ "$DEADLINE" -gt "$END" ]; then DEADLINE=$END; fi
  region
  case $MODE in
    check) check ;;
    unmount) one_at_a_time; unmount ;;
    *) one_at_a_time; provide ;;
  esac
}

main "$@"
`;
