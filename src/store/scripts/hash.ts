import { PYTHON } from "./python.ts";

/**
 * Hashes files below a directory, block by block of 256 KiB. Arguments: the directory, the tool. Input, one a line: `s PATH` for
 * a file that should be of one block at most, `l PATH` for a larger one. Output: `b HASH` for each block, then `f PATH`. Files
 * that are not there are left out.
 */
export const HASH = `${PYTHON}${String.raw`
cd "$1" || exit 4
if [ "$2" = python3 ]; then
  exec "$python" -S -E -c '
import hashlib, os, sys
from concurrent.futures import ThreadPoolExecutor
size = 262144
def work(path):
    lines = []
    try:
        with open(path, "rb", buffering=0) as file:
            buffer = bytearray(4 * size)
            view = memoryview(buffer)
            while True:
                count = 0
                while count < len(buffer):
                    got = file.readinto(view[count:])
                    if not got:
                        break
                    count += got
                for at in range(0, count, size):
                    lines.append("b " + hashlib.sha256(view[at:min(at + size, count)]).hexdigest())
                if count < len(buffer):
                    break
    except OSError:
        return None
    return "\n".join(lines + ["f "]).encode() + path + b"\n"
paths = [line[2:] for line in sys.stdin.buffer.read().split(b"\n") if line]
with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
    for answer in pool.map(work, paths):
        if answer:
            sys.stdout.buffer.write(answer)
'
fi
case $2 in
  shasum) tool="shasum -a 256" ;;
  openssl) tool="openssl dgst -sha256 -r" ;;
  *) tool=sha256sum ;;
esac
# An empty file has no block, but tools give it a hash.
none=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
input=$(cat)
# A name that begins with a dash must not look like an option.
printf '%s\n' "$input" | sed -n 's|^s |./|p' | tr '\n' '\0' | xargs -0 $tool 2>/dev/null |
  sed 's|^\([0-9a-f]\{64\}\) [ *]\./\(.*\)|b \1\
f \2|' | sed "/^b $none/d"
printf '%s\n' "$input" | sed -n 's/^l //p' | while IFS= read -r path; do
  [ -f "$path" ] || continue
  if split -b 1 --filter=cat /dev/null 2>/dev/null; then
    split -b 262144 --filter="$tool" "./$path"
  else
    size=$(wc -c <"$path") at=0
    while [ $((at * 262144)) -lt "$size" ]; do
      dd if="./$path" bs=262144 skip="$at" count=1 2>/dev/null | $tool
      at=$((at + 1))
    done
  fi | sed 's/^\([0-9a-f]*\).*/b \1/'
  printf 'f %s\n' "$path"
done
exit 0
`}`;
