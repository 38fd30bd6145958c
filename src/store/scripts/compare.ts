import { PART_HASH_SIZE, PART_SIZE } from "../transfer/block-parts.ts";

/** The part of {@link RECEIVE} that compares what is to come with what an older version has, as rsync would. */
export const COMPARE = String.raw`
def source():
    at, size = struct.unpack(">QH", take(10))
    return os.path.join(model, bytes(take(size))), at

def read(path, at, length):
    try:
        return os.pread(opened(sources, path, os.O_RDONLY, 0), length, at)
    except FileNotFoundError:
        return b""

def parts(path, at, length):
    data = memoryview(read(path, at, length))
    return b"".join(hashlib.sha256(data[one:one + PART]).digest()[:SHORT] for one in range(0, len(data), PART)).hex()

def patched(path, at, length):
    data = bytearray(read(path, at, length))
    count = struct.unpack(">H", take(2))[0]
    for offset, size in [struct.unpack(">II", take(8)) for _ in range(count)]:
        data[offset:offset + size] = take(size)
    return data

NEAR, STEP, FAR = 1 << 20, 8 << 20, 64 << 20

def find(path, near, needle):
    """Where the bytes lie that are nearest to a position, the nearest steps first; 64 MiB away at most."""
    def look(start, length):
        first = max(0, start)
        at = read(path, first, max(0, start + length - first) + len(needle) - 1).find(needle)
        return at if at < 0 else first + at
    found = look(near - NEAR, 2 * NEAR)
    for distance in range(NEAR, FAR, STEP):
        if found < 0:
            found = look(near + distance, STEP)
        if found < 0 and near > distance:
            found = look(near - distance - STEP, STEP)
    return found
`
  .replaceAll("PART", String(PART_SIZE))
  .replaceAll("SHORT", String(PART_HASH_SIZE));
