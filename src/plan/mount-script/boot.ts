import { BOUNDED } from "./report.ts";
import { READ_AHEAD } from "./read-ahead.ts";
import { PORT_OPEN } from "./reach.ts";

/**
 * What keeps it mounted after a boot. systemd tries each line of fstab once, so a boot with the file system out of
 * reach would stay without it. A timer looks every half minute: at the mount table, which never hangs; then at port
 * 2049; and only then it starts the mount unit. A timer and not an automount, because under an automount every
 * program that touches the path waits in the kernel while the server is away.
 */
export const BOOT_PROGRAM = String.raw`
PATH=$PATH:/usr/sbin:/sbin
ROOT_PREFIX='' TIMEOUT='' END=''
${BOUNDED}${PORT_OPEN}${READ_AHEAD}
main() {
  END=$(($(now) + 150))
  if command -v flock >/dev/null 2>&1 && exec 9>/run/bertops-mount.lock; then
    flock -n 9 || return 0 # bertops itself is at work
  fi
  if ! mounted; then
    if [ -n "$SERVER" ]; then
      port_open "$SERVER"
      if [ $? -eq 1 ]; then
        echo "<5>$FILE_SYSTEM is not mounted at $MOUNT_POINT: $SERVER does not answer on port 2049; trying again in 30 s"
        return 0
      fi
    fi
    if command -v systemd-escape >/dev/null 2>&1; then
      # The mount unit, so that systemd's own attempt at a boot and this one are one.
      bounded 120 systemctl start "$(systemd-escape -p --suffix=mount "$MOUNT_POINT")" </dev/null
    else
      bounded 120 mount "$MOUNT_POINT" </dev/null
    fi
    mounted || { echo "<5>$FILE_SYSTEM could not be mounted at $MOUNT_POINT; trying again in 30 s"; return 1; }
    echo "<5>$FILE_SYSTEM is mounted at $MOUNT_POINT"
  fi
  read_ahead
}

mounted() {
  awk -v at="$MOUNT_POINT" '$5 == at && $0 !~ / - autofs / { found = 1 } END { exit !found }' /proc/self/mountinfo
}

main
`;

/** Writes the units, or takes them away. Hosts without systemd have fstab alone, and are told so. */
export const BOOT = String.raw`
reload_systemd() {
  if has_systemd; then
    bounded 30 systemctl daemon-reload </dev/null >/dev/null 2>&1 || say fstab note "systemctl daemon-reload failed"
  fi
}

has_systemd() {
  [ -d "$ROOT_PREFIX/run/systemd/system" ] && command -v systemctl >/dev/null 2>&1
}

boot_names() {
  UNIT=bertops-mount-$(printf '%s' "$MOUNT_POINT" | sed 's|^/*||; s|/|.|g')
  BOOT_PROGRAM="$ROOT_PREFIX/usr/local/sbin/$UNIT"
  UNITS="$ROOT_PREFIX/etc/systemd/system"
}

boot_program() {
  printf '#!/bin/sh\n# Mounts %s at %s when a boot could not. Written by bertops mount-efs; --unmount takes it away.\n' "$FILE_SYSTEM" "$MOUNT_POINT"
  printf "FILE_SYSTEM='%s' MOUNT_POINT='%s' SERVER='%s'\n" "$FILE_SYSTEM" "$MOUNT_POINT" "$1"
  cat <<'BERTOPS_BOOT_PROGRAM'
${BOOT_PROGRAM}BERTOPS_BOOT_PROGRAM
}

boot_service() { # one that stop_boot ends in the middle has not failed: systemd would say so of a oneshot by itself
  cat <<BERTOPS_UNIT
[Unit]
Description=Mount $FILE_SYSTEM at $MOUNT_POINT (bertops)

[Service]
Type=oneshot
ExecStart=/bin/sh /usr/local/sbin/$UNIT
TimeoutStartSec=180
SuccessExitStatus=SIGTERM
LogLevelMax=notice
BERTOPS_UNIT
}

boot_timer() {
  cat <<BERTOPS_UNIT
[Unit]
Description=Look every half minute that $FILE_SYSTEM is mounted at $MOUNT_POINT (bertops)

[Timer]
OnActiveSec=15s
OnUnitInactiveSec=30s
AccuracySec=5s

[Install]
WantedBy=timers.target
BERTOPS_UNIT
}

put() { # FILE MODE FUNCTION...: writes what the function prints there, where it differs; WROTE=yes where it did
  target=$1 new="$1.bertops.$$" mode=$2
  shift 2
  if ! { mkdir -p "$(dirname "$target")" && "$@" >"$new" && chmod "$mode" "$new"; } 2>/dev/null; then
    rm -f "$new"
    fail boot boot-unit-unwritable "cannot write $target"
  fi
  if cmp -s "$new" "$target"; then
    rm -f "$new"
  else
    WROTE=yes
    mv -f "$new" "$target" 2>/dev/null || fail boot boot-unit-unwritable "cannot write $target"
  fi
}

boot() { # after fstab
  boot_names
  if ! has_systemd; then
    BOOT_STATE=none
    say boot note "no systemd on this host: a boot mounts what /etc/fstab says once, and nothing tries again"
    return 0
  fi
  WROTE=no
  server=$MOUNT_TARGET_IP
  if [ -z "$server" ]; then server=$(dns_name); fi
  put "$BOOT_PROGRAM" 755 boot_program "$server"
  put "$UNITS/$UNIT.service" 644 boot_service
  put "$UNITS/$UNIT.timer" 644 boot_timer
  if [ "$WROTE" = no ] && boot_unit_active; then
    BOOT_STATE=unchanged
    say boot unchanged "$UNIT.timer looks every half minute"
    return 0
  fi
  reload_systemd
  if ! bounded 30 systemctl enable "$UNIT.timer" >/dev/null 2>&1 </dev/null || ! bounded 30 systemctl restart "$UNIT.timer" >/dev/null 2>&1 </dev/null; then
    fail boot boot-unit-unwritable "systemctl could not enable and start $UNIT.timer"
  fi
  BOOT_STATE=written
  say boot ok "$UNIT.timer looks every half minute"
}

boot_unit_active() {
  bounded 10 systemctl -q is-enabled "$UNIT.timer" >/dev/null 2>&1 </dev/null &&
    bounded 10 systemctl -q is-active "$UNIT.timer" >/dev/null 2>&1 </dev/null
}

boot_check() { # for a check
  boot_names
  BOOT_STATE=none
  has_systemd || return 0
  if boot_unit_active; then BOOT_STATE=unchanged; else BOOT_STATE=missing; fi
}

stop_boot() { # while it is unmounted, nobody shall mount it
  boot_names
  if has_systemd && [ -e "$UNITS/$UNIT.timer" ]; then
    bounded 30 systemctl stop "$UNIT.timer" "$UNIT.service" </dev/null >/dev/null 2>&1
    DID_STOP=yes
  fi
}

remove_boot() { # sets BOOT_STATE
  BOOT_STATE=unchanged
  for each in "$UNITS/$UNIT.timer" "$UNITS/$UNIT.service" "$BOOT_PROGRAM"; do
    [ -e "$each" ] || continue
    if [ "$BOOT_STATE" = unchanged ] && has_systemd; then
      bounded 30 systemctl disable "$UNIT.timer" </dev/null >/dev/null 2>&1
    fi
    rm -f "$each" || fail boot boot-unit-unwritable "cannot remove $each"
    BOOT_STATE=removed
  done
  if [ "$BOOT_STATE" = removed ]; then
    reload_systemd
    # A look that failed while the server was away would stay in systemctl --failed under a name that is gone.
    if has_systemd; then bounded 10 systemctl reset-failed "$UNIT.service" </dev/null >/dev/null 2>&1; fi
  fi
}
`;
