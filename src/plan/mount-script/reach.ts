/** Does port 2049 answer? With what the host has: nc where it can only look, bash, python3, perl. */
export const PORT_OPEN = String.raw`
port_open() { # ADDRESS: 0 open, 1 not, 2 nothing here can tell
  if command -v nc >/dev/null 2>&1 && nc -h 2>&1 </dev/null | grep -q -e '-[A-Za-z]*z'; then
    bounded 6 nc -z -w 5 "$1" 2049 </dev/null >/dev/null 2>&1 || return 1
  elif command -v bash >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # bash expands it
    bounded 5 bash -c 'exec 3<>"/dev/tcp/$0/2049"' "$1" </dev/null >/dev/null 2>&1 || return 1
  elif command -v python3 >/dev/null 2>&1; then
    bounded 6 python3 -c 'import socket,sys; socket.create_connection((sys.argv[1], 2049), 5)' "$1" </dev/null >/dev/null 2>&1 || return 1
  elif command -v perl >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # perl expands it
    bounded 6 perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 2049, Timeout => 5)' "$1" </dev/null >/dev/null 2>&1 || return 1
  else
    return 2
  fi
}
`;

/**
 * Is the file system there yet: its name in DNS, and port 2049. A name that the resolver doesn't know is left to the
 * mount helper, which answers at once and may know another way; a port that drops packets would cost it 220 seconds.
 */
export const REACH = String.raw`
region() {
  if [ -z "$REGION" ]; then REGION=$(property AWS_REGION); fi
  if [ -z "$REGION" ]; then REGION=$(property AWS_DEFAULT_REGION); fi
  if [ -z "$REGION" ]; then REGION=$(metadata placement/region); fi
}

metadata() { # PATH: what the instance's metadata say, or nothing
  command -v curl >/dev/null 2>&1 || return 0
  token=$(curl -s -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token 2>/dev/null)
  said=$(curl -s -m 2 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1" 2>/dev/null)
  case $said in *[!a-z0-9-]*) ;; *) printf '%s' "$said" ;; esac
}

dns_name() { # where the file system is found in DNS, or nothing
  [ -n "$REGION" ] || return 0
  case $REGION in cn-*) china=yes ;; *) china=no ;; esac
  if [ "$KIND" = s3files ]; then
    zone=$(metadata placement/availability-zone-id)
    suffix=on.aws
    if [ "$china" = yes ]; then suffix=on.amazonwebservices.com.cn; fi
    [ -z "$zone" ] || printf '%s' "$zone.$FILE_SYSTEM.s3files.$REGION.$suffix"
  else
    suffix=amazonaws.com
    if [ "$china" = yes ]; then suffix=amazonaws.com.cn; fi
    printf '%s' "$FILE_SYSTEM.efs.$REGION.$suffix"
  fi
}

resolve() { # NAME: prints its address as this host sees it, or nothing
  if command -v getent >/dev/null 2>&1; then
    bounded 10 getent hosts "$1" 2>/dev/null </dev/null | awk 'NR == 1 { print $1 }'
  fi
}

reach() { # waits until the port answers, where that can be told
  told=no
  SERVER=$MOUNT_TARGET_IP
  if [ -z "$SERVER" ]; then SERVER=$(dns_name); fi
  [ -n "$SERVER" ] || return 0
  while :; do
    address=$MOUNT_TARGET_IP
    [ -n "$address" ] || address=$(resolve "$SERVER")
    # No name: the helper says so itself, and the wait is there.
    [ -n "$address" ] || return 0
    port_open "$address"
    case $? in
      0) say reach ok "$address port 2049 answers"; return 0 ;;
      2) say reach note "nothing on this host can look whether $address port 2049 answers"; return 0 ;;
    esac
    # Another pause and look must fit in the time that is left to wait: the reason is told within it.
    if [ "$(($(now) + PAUSE + 5))" -ge "$DEADLINE" ]; then
      fail reach unreachable "$address does not answer on port 2049"
    fi
    [ "$told" = yes ] || say reach waiting "for $address port 2049"
    told=yes
    sleep "$PAUSE"
  done
}
`;
