/**
 * Is the file system there yet: its name in DNS, and port 2049. A name that the resolver doesn't know is left to the
 * mount helper, which answers at once and may know another way; a port that drops packets would cost it 220 seconds.
 */
export const REACH = String.raw`
region() {
  if [ -n "$REGION" ]; then return 0; fi
  REGION=$(property AWS_REGION)
  [ -n "$REGION" ] || REGION=$(property AWS_DEFAULT_REGION)
  if [ -z "$REGION" ] && command -v curl >/dev/null 2>&1; then
    token=$(curl -s -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
    REGION=$(curl -s -m 2 -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/placement/region)
    case $REGION in *[!a-z0-9-]*) REGION='' ;; esac
  fi
}

resolve() { # prints an address of the file system as this host sees it, or nothing
  if [ -n "$MOUNT_TARGET_IP" ]; then
    printf '%s' "$MOUNT_TARGET_IP"
  elif [ -n "$REGION" ] && command -v getent >/dev/null 2>&1; then
    bounded 10 getent hosts "$FILE_SYSTEM.efs.$REGION.amazonaws.com" 2>/dev/null </dev/null | awk 'NR == 1 { print $1 }'
  fi
}

port_open() { # ADDRESS: 0 open, 1 not, 2 nothing here can tell
  if command -v nc >/dev/null 2>&1; then
    bounded 6 nc -z -w 5 "$1" 2049 </dev/null >/dev/null 2>&1 || return 1
  elif command -v bash >/dev/null 2>&1; then
    bounded 6 bash -c "exec 3<>/dev/tcp/$1/2049" </dev/null >/dev/null 2>&1 || return 1
  elif command -v python3 >/dev/null 2>&1; then
    bounded 8 python3 -c 'import socket,sys; socket.create_connection((sys.argv[1], 2049), 5)' "$1" </dev/null >/dev/null 2>&1 || return 1
  else
    return 2
  fi
}

reach() { # waits until the port answers, where that can be told
  address=$(resolve)
  [ -n "$address" ] || return 0
  told=no
  while :; do
    port_open "$address"
    case $? in
      0) say reach ok "$address port 2049 answers"; return 0 ;;
      2) return 0 ;;
    esac
    if [ "$(now)" -ge "$DEADLINE" ]; then
      fail reach 31 unreachable "$address does not answer on port 2049" \
        "Let the instances' security group into the mount targets' security group on port 2049."
    fi
    [ "$told" = yes ] || say reach waiting "for $address port 2049"
    told=yes
    sleep "$PAUSE"
  done
}
`;
