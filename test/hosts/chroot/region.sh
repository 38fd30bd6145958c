#!/bin/bash
# A network of hosts in namespaces of its own, as process 1 there: region.sh SHARED DEBIAN
# Reads commands from standard input, one a line, and answers each with "done" or "failed". When standard input ends, this
# process ends, and with it every process, mount and interface of the region.
shared=$1
here=$(dirname "$0")
mount --make-rprivate /
mount --bind "$2" "$shared/debian"
mount -t tmpfs run /run # names of network namespaces stay in here
mkdir -p /run/netns /run/hosts
ip link set lo up
ip link add region type bridge
ip addr add 10.77.0.1/24 dev region
ip link set region up
python3 "$here/mount-targets.py" "$shared" >/run/mount-targets.log 2>&1 &

start() { # NAME ADDRESS: boots a host
  if [ ! -e "/run/netns/$1" ]; then
    ip netns add "$1"
    ip link add "$1" type veth peer name eth0 netns "$1"
    ip link set "$1" master region up
    ip -n "$1" link set lo up
    ip -n "$1" addr add "$2/24" dev eth0
    ip -n "$1" addr add 169.254.169.254/32 dev lo
    ip -n "$1" link set eth0 up
    ip -n "$1" route add default via 10.77.0.1
  fi
  ip netns exec "$1" unshare --mount --uts --ipc --pid --fork --kill-child "$here/host.sh" "$shared" "$1" \
    >>"$shared/hosts/$1/console" 2>&1 &
  echo $! >"/run/hosts/$1"
}

stop() { # NAME: as if the power went
  pid=$(cat "/run/hosts/$1")
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  true
}

target() { # ADDRESS up|blocked|refused
  nft delete table ip "t${1##*.}" 2>/dev/null
  case $2 in
    blocked) verdict=drop ;;
    refused) verdict='reject with tcp reset' ;;
    *) return 0 ;;
  esac
  nft -f - <<END
table ip t${1##*.} {
  chain input { type filter hook input priority 0; ip daddr $1 tcp dport 2049 $verdict; }
}
END
}

echo ready
while read -r command first second; do
  if "$command" "$first" "$second"; then echo 'done'; else echo failed; fi
done
