/**
 * The line in fstab: the one of this mount point is replaced, or a new one is added at the end, and every other byte
 * stays. Written beside the file, made durable and renamed over it, so that a crash leaves the old file or the new one.
 */
export const FSTAB_EDIT = String.raw`
fstab_edit() { # FILE: prints its content with the line LINE (without it, where LINE is empty) for the mount point AT; exits 3 where AT is another kind of disk
  final=no
  if [ ! -s "$1" ] || [ "$(tail -c 1 "$1" | wc -l)" -eq 1 ]; then final=yes; fi
  AT=$MOUNT_POINT LINE=$FSTAB_LINE FINAL=$final LC_ALL=C awk '
    BEGIN { at = ENVIRON["AT"]; line = ENVIRON["LINE"]; final = ENVIRON["FINAL"]; placed = 0; shown = 0 }
    function show(text) { if (shown++) printf "\n"; printf "%s", text }
    function plain(field,   out, digits) { # fstab writes a space as \040, and may write any character so
      out = ""
      while (match(field, /\\[0-3][0-7][0-7]/)) {
        digits = substr(field, RSTART + 1, 3)
        out = out substr(field, 1, RSTART - 1) sprintf("%c", substr(digits, 1, 1) * 64 + substr(digits, 2, 1) * 8 + substr(digits, 3, 1))
        field = substr(field, RSTART + 4)
      }
      return out field
    }
    {
      point = plain($2)
      gsub(/\/+/, "/", point)
      if (length(point) > 1) sub(/\/$/, "", point)
      if ($1 !~ /^#/ && point == at) {
        if ($3 != "efs" && $3 != "nfs4" && $3 != "nfs" && $3 != "s3files") { bad = 1; exit }
        if (!placed && line != "") show(line)
        placed = 1
        next
      }
      show($0)
    }
    END {
      if (bad) exit 3
      if (!placed && line != "") { show(line); final = "yes" }
      if (shown && final == "yes") printf "\n"
    }
  ' "$1"
}
`;

/** Applies the edit, and tells systemd. */
export const FSTAB = String.raw`
fstab_line() { printf '%s' "$(device) $MOUNT_POINT $KIND $(options ,nofail) 0 0"; }

fstab_refuse() { # WHAT
  rm -f "$beside"
  fail fstab fstab-unwritable "$1"
}

replace_fstab() { # brings /etc/fstab to FSTAB_LINE ('' takes the line away); sets FSTAB_STATE
  file="$ROOT_PREFIX/etc/fstab" beside=''
  if [ -L "$file" ]; then file=$(readlink -f "$file"); fi
  rm -f "$file".bertops.* # what a crash left
  if [ ! -e "$file" ]; then : >"$file" || fstab_refuse "cannot create /etc/fstab"; fi
  beside="$file.bertops.$$"
  # A copy first: the new file has the old one's owner, mode and security context.
  cp -a "$file" "$beside" 2>/dev/null || cp -p "$file" "$beside" 2>/dev/null || fstab_refuse "cannot write beside /etc/fstab"
  fstab_edit "$file" >"$beside" 2>/dev/null
  code=$?
  if [ "$code" -eq 3 ]; then
    rm -f "$beside"
    fail fstab fstab-taken "/etc/fstab mounts another disk at $MOUNT_POINT"
  fi
  [ "$code" -eq 0 ] || fstab_refuse "cannot write beside /etc/fstab"
  if cmp -s "$file" "$beside"; then
    rm -f "$beside"
    FSTAB_STATE=unchanged
    return 0
  fi
  # On the disk before it has the name; and whole: a full disk does not stop every awk.
  dd if=/dev/null of="$beside" conv=notrunc,fsync 2>/dev/null || fstab_refuse "cannot write beside /etc/fstab"
  fstab_edit "$file" | cmp -s - "$beside" || fstab_refuse "what was written beside /etc/fstab is not what was meant"
  mv -f "$beside" "$file" || fstab_refuse "cannot replace /etc/fstab"
  bounded 10 sync -d "$(dirname "$file")" >/dev/null 2>&1
  FSTAB_STATE=written
  reload_systemd
}

fstab() {
  FSTAB_LINE=$(fstab_line)
  replace_fstab
  if [ "$FSTAB_STATE" = written ]; then say fstab ok "$FSTAB_LINE"; else say fstab unchanged "$FSTAB_LINE"; fi
}

fstab_option() { # NAME: its value in FSTAB_LINE
  printf '%s' "$FSTAB_LINE" | awk '{ print $4 }' | tr ',' '\n' | sed -n "s/^$1=//p" | head -n 1
}

adopt() { # what an earlier run was told stays, where this one is told nothing: a hook that runs after it must not undo it
  fstab_check
  if [ -n "$FSTAB_LINE" ]; then
    [ -n "$ACCESS_POINT" ] || ACCESS_POINT=$(fstab_option accesspoint)
    [ -n "$MOUNT_TARGET_IP" ] || MOUNT_TARGET_IP=$(fstab_option mounttargetip)
    if [ -z "$IAM" ] && printf '%s' "$FSTAB_LINE" | awk '{ print "," $4 "," }' | grep -q ',iam,'; then IAM=yes; fi
  fi
  FSTAB_LINE='' FSTAB_STATE=''
}

fstab_check() { # for a check: is there a line for this file system at this mount point?
  FSTAB_STATE=missing
  FSTAB_LINE=$(awk -v at="$MOUNT_POINT" -v id="$FILE_SYSTEM" -v ip="$MOUNT_TARGETS $MOUNT_TARGET_IP" '
    BEGIN { split(ip, list, " "); for (each in list) known[list[each] ":/"] = 1 }
    $1 !~ /^#/ && ($2 == at || $2 == at "/") && (index($1, id) > 0 || $1 in known) { print; exit }
  ' "$ROOT_PREFIX/etc/fstab" 2>/dev/null)
  [ -z "$FSTAB_LINE" ] || FSTAB_STATE=unchanged
}
`;
