/**
 * The line in fstab: the one of this mount point is replaced, or a new one is added at the end, and every other byte
 * stays. Written beside the file and renamed over it, so that a crash leaves the old file or the new one.
 */
export const FSTAB_EDIT = String.raw`
fstab_edit() { # FILE: prints its content with the line LINE for the mount point AT; exits 3 where AT is another kind of disk
  final=no
  if [ ! -s "$1" ] || [ "$(tail -c 1 "$1" | wc -l)" -eq 1 ]; then final=yes; fi
  AT=$MOUNT_POINT LINE=$FSTAB_LINE FINAL=$final LC_ALL=C awk '
    BEGIN { at = ENVIRON["AT"]; line = ENVIRON["LINE"]; final = ENVIRON["FINAL"]; placed = 0; shown = 0 }
    function show(text) { if (shown++) printf "\n"; printf "%s", text }
    {
      point = $2
      if (length(point) > 1) sub(/\/+$/, "", point)
      if ($1 !~ /^#/ && point == at) {
        if ($3 != "efs" && $3 != "nfs4" && $3 != "nfs") { bad = 1; exit }
        if (!placed) show(line)
        placed = 1
        next
      }
      show($0)
    }
    END {
      if (bad) exit 3
      if (!placed) { show(line); final = "yes" }
      if (shown && final == "yes") printf "\n"
    }
  ' "$1"
}
`;

/** Applies the edit, and tells systemd. */
export const FSTAB = String.raw`
fstab() {
  FSTAB_LINE="$(device) $MOUNT_POINT $KIND $(options ,nofail) 0 0"
  file="$ROOT_PREFIX/etc/fstab"
  if [ -L "$file" ]; then file=$(readlink -f "$file"); fi
  if [ ! -e "$file" ]; then : >"$file" || fail fstab 60 fstab-unwritable "cannot create /etc/fstab" "See that / is writable."; fi
  beside="$file.bertops.$$"
  cp -p "$file" "$beside" 2>/dev/null || fail fstab 60 fstab-unwritable "cannot write beside /etc/fstab" "See that /etc is writable and has space."
  fstab_edit "$file" >"$beside"
  code=$?
  if [ "$code" -eq 3 ]; then
    rm -f "$beside"
    fail fstab 61 fstab-taken "/etc/fstab mounts another disk at $MOUNT_POINT" "Remove that line, or choose another mount point."
  fi
  if [ "$code" -ne 0 ]; then
    rm -f "$beside"
    fail fstab 60 fstab-unwritable "cannot write beside /etc/fstab" "See that /etc is writable and has space."
  fi
  if cmp -s "$file" "$beside"; then
    rm -f "$beside"
    FSTAB_STATE=unchanged
    say fstab unchanged "$FSTAB_LINE"
    return 0
  fi
  sync "$beside" 2>/dev/null || sync
  if ! mv -f "$beside" "$file"; then
    rm -f "$beside"
    fail fstab 60 fstab-unwritable "cannot replace /etc/fstab" "See that /etc is writable."
  fi
  FSTAB_STATE=written
  say fstab ok "$FSTAB_LINE"
  if [ -d "$ROOT_PREFIX/run/systemd/system" ] && command -v systemctl >/dev/null 2>&1; then
    bounded 30 systemctl daemon-reload </dev/null >/dev/null 2>&1 || say fstab note "systemctl daemon-reload failed"
  fi
}

fstab_check() { # for a check: is there a line for this file system at this mount point?
  FSTAB_STATE=missing
  FSTAB_LINE=$(awk -v at="$MOUNT_POINT" -v id="$FILE_SYSTEM" \
    '$1 !~ /^#/ && $2 == at && index($1, id) == 1 { print; exit }' "$ROOT_PREFIX/etc/fstab" 2>/dev/null)
  [ -z "$FSTAB_LINE" ] || FSTAB_STATE=unchanged
}
`;
