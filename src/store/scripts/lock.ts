/** Defines `take_lock`, which {@link LOCK} describes. */
export const TAKE_LOCK = String.raw`
take_lock() { # ROOT MODEL TOKEN TEXT
  dir=$1/$2
  mkdir -p "$dir" 2>/dev/null
  own="$dir/.lock.$3"
  if ! printf '%s\n' "$4" 2>/dev/null >"$own"; then
    echo denied
    return
  fi
  if ln "$own" "$dir/.lock" 2>/dev/null; then
    rm -f "$own"
    echo locked
    return
  fi
  if [ ! -e "$dir/.lock" ] && (set -C; cat "$own" >"$dir/.lock") 2>/dev/null; then # a file system without links
    rm -f "$own"
    echo locked
    return
  fi
  rm -f "$own"
  if [ -n "$(find "$dir/.lock" -mmin +2 2>/dev/null)" ]; then echo "held stale"; else echo held; fi
  head -c 1000 "$dir/.lock"
}
`;

/**
 * Takes the lock by linking a file that is already whole to its name, which only one of many can do, on NFS too.
 * Arguments: root, model, token, what the lock says. Prints `locked`, or `held`, `held stale` (no heartbeat for two
 * minutes) or `denied`, and what the lock of the other says.
 */
export const LOCK = `umask 022
${TAKE_LOCK}
take_lock "$@"
`;

/** Says that the holder is alive. Arguments: root, model, token. Exits 3 where the lock is no longer its own. */
export const HEARTBEAT = String.raw`
grep -qF "$3" "$1/$2/.lock" 2>/dev/null || exit 3
touch "$1/$2/.lock"
`;

/** Gives the lock back. Arguments: root, model, token; with the token `any` it breaks whosever it is. */
export const UNLOCK = String.raw`
lock=$1/$2/.lock
[ -f "$lock" ] || { echo free; exit 0; }
if [ "$3" = any ] || grep -qF "$3" "$lock" 2>/dev/null; then
  head -c 1000 "$lock"
  rm -f "$lock"
else
  exit 3
fi
`;
