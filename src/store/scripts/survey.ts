import { PYTHON } from "./python.ts";

/** What {@link SURVEY} and {@link OPEN} begin with: facts, and `$root`, `$model`, `$dir` and `$place`. */
export const FACTS = `${PYTHON}${String.raw`
root=$1 model=$2 dir=$1/$2
limit() { if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
echo "user $(id -un 2>/dev/null || id -u)"
limit 15 ls -d "$root/." >/dev/null 2>&1
case $? in
  0) echo "root present" ;;
  124) echo "root hung"; exit 0 ;;
  *) echo "root missing"; exit 0 ;;
esac
place=$root
[ ! -d "$dir" ] || place=$dir
writable=yes
[ -w "$place" ] || writable=no
echo "writable $writable"
[ "$writable" = yes ] || echo "refused $(LC_ALL=C mkdir "$place/.probe.$$" 2>&1 && rmdir "$place/.probe.$$")"
echo "place $place"
echo "owner $(ls -ld "$place" | awk '{ print $3 ":" $4 " " $1 }')"
for tool in openssl sha256sum shasum; do
  if command -v "$tool" >/dev/null 2>&1; then echo "hash $tool"; break; fi
done
current=
if [ -L "$dir/current" ]; then
  current=$(readlink "$dir/current")
  echo "current $current"
elif [ -e "$dir/current" ]; then
  echo "blocked $dir/current"
fi
for at in "$dir"/versions/*; do
  [ ! -d "$at" ] || echo "version ${"$"}{at##*/}"
done
for at in "$dir"/.incoming/*; do
  [ ! -d "$at" ] || echo "incoming ${"$"}{at##*/}"
done
free() { sed -nE '2s/.* ([0-9]+) +([0-9]+%|-) .*/\1/p'; }
echo "free $(df -Pk "$root" 2>/dev/null | free)"
echo "inodes $(df -Pi "$root" 2>/dev/null | free)"
`}`;

/**
 * Looks at a store from a host: one fact a line, `NAME VALUE`. Arguments: the root, the model's name.
 * Everything is bounded, because a mount whose server is gone hangs whoever touches it.
 */
export const SURVEY = `${FACTS}${String.raw`
if "$python" -S -E -c "import hashlib, os; os.pwrite" >/dev/null 2>&1; then echo "python yes"; fi
`}`;

/** Kilobytes that a store holds, links counted once. Arguments: the root. */
export const USED = String.raw`du -sk "$1" 2>/dev/null | awk 'NR == 1 { print $1 }'`;
