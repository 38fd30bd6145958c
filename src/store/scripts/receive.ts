import { MARK } from "../host.ts";
import { COMPARE } from "./compare.ts";
import { PYTHON } from "./python.ts";
import { UNPACK } from "./unpack.ts";

/**
 * Receives an upload on the host: blocks that arrive over standard input, and blocks that older versions have. Every
 * block is checked against its hash before it is written, and is on the disk before the program ends. Arguments: the model's
 * directory, and the token of the model's lock: where that is somebody else's by now, nothing more is written, since he goes
 * on with these files. It says `--bertops--` when it is there.
 *
 * Frames, all numbers big-endian. `D` says where the files go: u16 length, a directory below the model's. `F` declares a file:
 * u32 number, u32 mode, u16 length, path; directories are made as they are needed. `B` brings a block: u32 file, u64 position,
 * u32 length, 32 bytes of hash, the bytes. `C` copies one: u32 file, u64 position, u32 length, hash, u64 position at the source,
 * u16 length, the source's path below the model's directory.
 * `S` brings a small file as a whole, which counts as a block: u32 mode, u32 length, hash, u16 length, path, the bytes.
 * `Z` brings a block packed: as `B`, but before the bytes u8 codec and u32 length of what follows; codec 1 is raw deflate, codec 2
 * 32-bit words that were turned left by one bit and parted into planes of bytes: u32 length of the deflated highest plane, that
 * plane, and the others from the second highest to the lowest. `Q` asks for the hashes of the parts of what lies somewhere:
 * u32 length, and a source as in `C`. `P` makes a block of a source and of runs of bytes: as `C`, then u16 count, each run's u32 offset
 * and u32 length, the bytes. `N` looks for bytes in a file: a source that says where they may be, u16 length, the bytes. `R` puts
 * everything on the disk and then runs a text by `sh`: u32 length, u32 length of its input, the text, the input.
 * Answers, one a line: `a N`, so many blocks are done; `x N`, block N was not what its hash says; `q HASHES`, the first 8 bytes of
 * each part's, in hex; nothing where there is no such file; `n POSITION`, -1 where they were not found; `r CODE
 * OUTPUT ERRORS`, both in base64; `e ERRNO TEXT`, it gave up.
 *
 * What was written is flushed from a second thread while more arrives, so that the end has little left to wait for; what the
 * host has is copied by further threads.
 */
export const RECEIVE = `${PYTHON}${String.raw`
exec "$python" -S -E -c '
import collections, errno, hashlib, os, select, struct, sys, threading, time
model, token = map(os.fsencode, sys.argv[1:])
incoming = None
room = bytearray(4 << 20)
view = memoryview(room)
start = end = 0
done = told = dirty = loose = 0
names, handles, sources = {}, collections.OrderedDict(), collections.OrderedDict()
FLUSH = 32 << 20
PAUSE = 0.02
flushing = None
checked = 0
flushed = time.monotonic()
jobs, pool = collections.deque(), None
MOST_JOBS = 64

def say(text):
    text = text.encode("utf-8", "replace")
    while text:
        text = text[os.write(1, text):]

def tell():
    global told
    if told != done:
        told = done
        say("a %d\n" % done)

def settle(most):
    """Counts blocks that are done, in their order: copies may take longer than what came after. waits until that many are left."""
    global done
    while jobs:
        good = jobs[0]
        if not isinstance(good, bool):
            if len(jobs) <= most and not good.done():
                return
            good = good.result()
        if not good:
            say("x %d\n" % done)
        jobs.popleft()
        done += 1

def go_on():
    """After each block."""
    settle(MOST_JOBS)
    if done - told >= 64:
        tell()

def take(count):
    global start, end
    if len(room) - start < count:
        left = end - start
        room[:left] = room[start:end]
        start, end = 0, left
    while end - start < count:
        if (jobs or told != done) and not select.select([0], [], [], 0)[0]:
            settle(0)
            tell()
        if loose and not select.select([0], [], [], PAUSE)[0]:
            flush_loose()
        got = os.readv(0, [view[end:]])
        if got == 0:
            if start == end:
                return None
            sys.exit(1)
        end += got
    at = start
    start += count
    if start == end:
        start = end = 0
    return view[at:at + count]

def create(name, flags, mode):
    """The directories that it lies in, too."""
    try:
        return os.open(name, flags, mode)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(name), exist_ok=True)
        return os.open(name, flags, mode)

def opened(table, name, flags, mode):
    handle = table.get(name)
    if handle is None:
        if len(table) >= 64:
            settle(0)
            os.close(table.popitem(last=False)[1])
        handle = table[name] = os.open(name, flags, mode) if table is sources else create(name, flags, mode)
    return handle

def check_lock():
    global checked
    checked = time.monotonic()
    try:
        with open(os.path.join(model, b".lock"), "rb") as lock:
            if token in lock.read(4096):
                return
    except FileNotFoundError:
        pass
    raise OSError(errno.ECANCELED, "the lock is not ours any more")

def flush(handle):
    try:
        os.fdatasync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)

def flush_system():
    try:
        os.waitpid(os.posix_spawnp("sync", ["sync", "-f", incoming], os.environ), 0)
    except (AttributeError, OSError):
        pass

def can_flush():
    return flushing is None or not flushing.is_alive()

def flush_aside(what, *args):
    """In a thread, one at a time."""
    global flushing
    flushing = threading.Thread(target=what, args=args, daemon=True)
    flushing.start()

def flush_loose():
    """Small files, which only the file system can flush together: when nothing comes, or a second after the last time."""
    global loose, flushed
    if can_flush():
        loose = 0
        flushed = time.monotonic()
        flush_aside(flush_system)

def flush_all():
    """Not where there are many: then everything is flushed in one go before it is published."""
    if len(handles) < 64:
        for handle in handles.values():
            os.fdatasync(handle)

def put(name, mode, data):
    """A small file as a whole."""
    global loose
    now = time.monotonic()
    if now - checked > 0.2:
        check_lock()
    handle = create(incoming + b"/" + name, os.O_WRONLY | os.O_CREAT, mode)
    try:
        write(handle, 0, data)
    finally:
        os.close(handle)
    loose += len(data) + 1
    if loose >= FLUSH and now - flushed > 1:
        flush_loose()

def target(number, length):
    """The open file, whose share of what is not on the disk yet grows by so much."""
    global dirty
    if time.monotonic() - checked > 0.2:
        check_lock()
    path, mode = names[number]
    handle = opened(handles, path, os.O_WRONLY | os.O_CREAT, mode)
    dirty += length
    if dirty >= FLUSH and can_flush():
        dirty = 0
        flush_aside(flush, os.dup(handle))
    return handle

def write(handle, position, data):
    while len(data):
        wrote = os.pwrite(handle, data, position)
        position += wrote
        data = data[wrote:]

def matches(data, length, digest):
    return len(data) == length and (length == 0 or hashlib.sha256(data).digest() == digest)

def copy(source, at, handle, position, length, digest):
    data = memoryview(os.pread(source, length, at))
    if not matches(data, length, digest):
        return False
    write(handle, position, data)
    return True

def run(text, more):
    import base64, subprocess
    pipe = subprocess.PIPE
    child = subprocess.Popen(["sh", "-c", text], stdin=pipe, stdout=pipe, stderr=pipe)
    while more:
        part = take(min(more, 1 << 20))
        more -= len(part)
        try:
            child.stdin.write(part)
        except BrokenPipeError:
            pass
    out, err = (base64.b64encode(one).decode() for one in child.communicate())
    say("r %d %s %s\n" % (child.returncode, out, err))

UNPACKING
COMPARING
os.umask(0o022)
try:
    import fcntl
    fcntl.fcntl(0, 1031, 1 << 20)
except (ImportError, OSError):
    pass
try:
    # Who opens a store has a child that tells of it.
    os.wait()
except OSError:
    pass
say("MARK\n")
try:
    while True:
        kind = take(1)
        if kind is None:
            break
        kind = bytes(kind)
        if kind == b"D":
            incoming = os.path.join(model, bytes(take(struct.unpack(">H", take(2))[0])))
            continue
        if kind == b"F":
            number, mode, length = struct.unpack(">IIH", take(10))
            names[number] = (os.path.join(incoming, bytes(take(length))), mode)
            continue
        if kind == b"R":
            settle(0)
            tell()
            flush_all()
            length, more = struct.unpack(">II", take(8))
            run(bytes(take(length)), more)
            continue
        if kind == b"Q":
            length = struct.unpack(">I", take(4))[0]
            say("q %s\n" % parts(*source(), length))
            continue
        if kind == b"N":
            at = source()
            say("n %d\n" % find(*at, bytes(take(struct.unpack(">H", take(2))[0]))))
            continue
        if kind == b"S":
            mode, length, digest, size = struct.unpack(">II32sH", take(42))
            name = bytes(take(size))
            data = take(length)
            good = matches(data, length, digest)
            if good:
                put(name, mode, data)
            jobs.append(good)
            data = None
            go_on()
            continue
        number, position, length, digest = struct.unpack(">IQI32s", take(48))
        if kind == b"C":
            path, at = source()
            if pool is None:
                from concurrent.futures import ThreadPoolExecutor
                pool = ThreadPoolExecutor(2)
            try:
                older = opened(sources, path, os.O_RDONLY, 0)
            except FileNotFoundError:
                jobs.append(False)
            else:
                jobs.append(pool.submit(copy, older, at, target(number, length), position, length, digest))
        elif kind == b"B" or kind == b"Z":
            if kind == b"B":
                data = take(length)
            else:
                codec, size = struct.unpack(">BI", take(5))
                data = unpack(codec, take(size), length)
            good = matches(data, length, digest)
            if good:
                write(target(number, length), position, data)
            jobs.append(good)
            data = None
        elif kind == b"P":
            data = patched(*source(), length)
            good = matches(data, length, digest)
            if good:
                write(target(number, length), position, memoryview(data))
            jobs.append(good)
        else:
            sys.exit(2)
        go_on()
    settle(0)
    tell()
    flush_all()
except OSError as error:
    tell()
    say("e %s %s\n" % (errno.errorcode.get(error.errno, "?"), error.strerror))
    sys.exit(1)
' "$1" "$2"
`
  .replace("MARK", MARK)
  .replace("UNPACKING\n", UNPACK)
  .replace("COMPARING\n", COMPARE)}`;
