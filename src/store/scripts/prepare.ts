import { PYTHON } from "./python.ts";

/**
 * Makes room for an upload. Arguments: root, model, version, and `python3` where the host has it. Input, one a line: `d
 * DIRECTORY`, or `l FROM` and then `t TO`: FROM below the model's directory is linked, or where that is not allowed copied, to
 * TO. What was copied is printed as `copied TO`, what could not be had as `failed TO`. Exits 4 where nothing can be made.
 */
export const PREPARE = `${PYTHON}${String.raw`
umask 022
dir=$1/$2
to="$dir/.incoming/$3"
mkdir -p "$to" || exit 4
if [ "$4" = python3 ]; then
  exec "$python" -S -E -c '
import os, shutil, sys
from concurrent.futures import ThreadPoolExecutor
model, to = map(os.fsencode, sys.argv[1:])
os.umask(0o022)
links = []
source = b""
def link(pair):
    source, name = pair
    place = os.path.join(to, name)
    try:
        try:
            os.unlink(place)
        except FileNotFoundError:
            pass
        try:
            os.link(source, place)
            return None
        except OSError:
            shutil.copy(source, place)
            return b"copied " + name
    except OSError:
        try:
            os.unlink(place)
        except OSError:
            pass
        return b"failed " + name
for line in sys.stdin.buffer.read().split(b"\n"):
    kind, value = line[:1], line[2:]
    if kind == b"d":
        try:
            os.makedirs(os.path.join(to, value), exist_ok=True)
        except OSError as error:
            sys.stderr.write("%s\n" % error.strerror)
            sys.exit(4)
    elif kind == b"l":
        source = os.path.join(model, value)
    elif kind == b"t":
        links.append((source, value))
with ThreadPoolExecutor(8) as pool:
    for said in pool.map(link, links):
        if said:
            sys.stdout.buffer.write(said + b"\n")
' "$dir" "$to"
fi
while IFS= read -r line; do
  value=${"$"}{line#??}
  case $line in
    d*) mkdir -p "$to/$value" || exit 4 ;;
    l*) from=$dir/$value ;;
    t*)
      [ ! -e "$to/$value" ] || rm -f "$to/$value"
      if ln "$from" "$to/$value" 2>/dev/null; then :; elif cp "$from" "$to/$value" 2>/dev/null; then
        echo "copied $value"
      else
        rm -f "$to/$value"
        echo "failed $value"
      fi ;;
  esac
done
`}`;

/**
 * Lists the files of an upload. Arguments: root, model, version. Output, one a line: `SIZE ./PATH`, and `linked ./PATH` for what
 * is a version's file, too.
 */
export const LEFT = String.raw`
cd "$1/$2/.incoming/$3" || exit 4
find . ! -type d -exec wc -c {} + | sed -n 's/^ *\([0-9][0-9]* \.\/\)/\1/p'
find . ! -type d -links +1 -exec printf 'linked %s\n' {} +
`;

/** Removes files of an upload and, with `sweep`, directories that nothing is left in. Arguments: root, model, version, `sweep`. Input: one path a line. */
export const DISCARD = String.raw`
cd "$1/$2/.incoming/$3" || exit 4
while IFS= read -r path; do rm -f "./$path"; done
[ "$4" != sweep ] || find . -depth -type d ! -name . -exec rmdir {} + 2>/dev/null
exit 0
`;
