/**
 * Hashes files below a directory. Arguments: the directory, the tool, and `blocks` for hashes of blocks too. Input: one path a
 * line. Output: `f HASH PATH` and, before it, `b HASH` for each block of 256 KiB (python3 only). Files that are not there are
 * left out.
 */
export const HASH = String.raw`
cd "$1" || exit 4
case $2 in
  python3)
    exec python3 -c '
import hashlib, os, sys
from concurrent.futures import ThreadPoolExecutor
want_blocks = sys.argv[1] == "blocks"
size = 262144
def work(path):
    lines = []
    try:
        whole = hashlib.sha256()
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
                if not count:
                    break
                whole.update(view[:count])
                if want_blocks:
                    for at in range(0, count, size):
                        lines.append("b " + hashlib.sha256(view[at:min(at + size, count)]).hexdigest())
        lines.append("f " + whole.hexdigest() + " ")
    except OSError:
        return None
    return "\n".join(lines).encode() + path + b"\n"
paths = sys.stdin.buffer.read().split(b"\n")
with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
    for answer in pool.map(work, [path for path in paths if path]):
        if answer:
            sys.stdout.buffer.write(answer)
' "$3" ;;
  openssl) tr '\n' '\0' | xargs -0 openssl dgst -sha256 -r 2>/dev/null ;;
  shasum) tr '\n' '\0' | xargs -0 shasum -a 256 2>/dev/null ;;
  *) tr '\n' '\0' | xargs -0 sha256sum 2>/dev/null ;;
esac | sed 's/^\([0-9a-f]\{64\}\) [ *]/f \1 /'
exit 0
`;
