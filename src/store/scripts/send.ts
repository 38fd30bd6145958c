import { MARK } from "../host.ts";
import { PYTHON } from "./python.ts";
import { FACTS } from "./survey.ts";

/**
 * Sends what it is asked for: runs of bytes of files below the model's directory, which is its argument. It says `--bertops--` when
 * it is there; all that follows is answers. It ends when its input does.
 *
 * Questions, all numbers big-endian: `R`, u64 position, u32 length, u16 length of the path, the path. A length of 0xffffffff asks for
 * everything from there. Line ends between them are skipped. Answers come in the order of the questions: u8 0 and u32 length,
 * which is shorter than what was asked for where the file is, and the bytes; or u8 1, u32 length, and `ERRNO TEXT`. What fails in the
 * middle of an answer ends the program, which says why on its standard error.
 *
 * Questions are read ahead: the kernel is told of what will be wanted of large files, and small ones are opened several at once
 * where opening takes long, as it does over NFS.
 */
export const SEND = `${PYTHON}${String.raw`
exec "$python" -S -E -c '
import collections, errno, os, select, struct, sys, time
model = os.fsencode(sys.argv[1])
ALL = 0xffffffff
SMALL = 1 << 16
BATCH = 32
# Seconds for a small file, from which on several are opened at once.
SLOW = 0.0005
room = bytearray()
asked = collections.deque()
handles = collections.OrderedDict()
answers, gathered = [], 0
pace, pool = 0.0, None

def write(data):
    data = memoryview(data)
    while len(data):
        data = data[os.write(1, data):]

def flush():
    global answers, gathered
    if answers:
        write(b"".join(answers))
        answers, gathered = [], 0

def gather(*parts):
    global gathered
    answers.extend(parts)
    gathered += sum(map(len, parts))
    if gathered >= 1 << 17:
        flush()

def head(kind, length):
    return struct.pack(">BI", kind, length)

def refused(error):
    text = ("%s %s" % (errno.errorcode.get(error.errno, "?"), error.strerror)).encode()
    return head(1, len(text)) + text

def load(question):
    """A small one, as a whole."""
    position, length, path = question
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            data = os.pread(handle, length, position)
        finally:
            os.close(handle)
    except OSError as error:
        return refused(error)
    return head(0, len(data)) + data

def opened(path):
    found = handles.get(path)
    if found is None:
        if len(handles) >= 16:
            os.close(handles.popitem(last=False)[1][0])
        handle = os.open(path, os.O_RDONLY)
        found = handles[path] = (handle, os.fstat(handle).st_size)
    else:
        handles.move_to_end(path)
    return found

def announce(position, length, path):
    try:
        handle, size = opened(path)
        os.posix_fadvise(handle, position, min(length, size), os.POSIX_FADV_WILLNEED)
    except (OSError, AttributeError):
        pass

def copy(handle, position, left):
    """By the kernel alone, where it can."""
    try:
        while left:
            sent = os.sendfile(1, handle, position, left)
            if not sent:
                return left
            position += sent
            left -= sent
    except (AttributeError, OSError) as error:
        if getattr(error, "errno", None) not in (None, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
    while left:
        data = os.pread(handle, min(left, 1 << 20), position)
        if not data:
            break
        write(data)
        position += len(data)
        left -= len(data)
    return left

def send(position, length, path):
    """A large one. Once its length is told, it must come; what a file has lost meanwhile is made up by zeros, which no hash fits."""
    try:
        handle, size = opened(path)
    except OSError as error:
        gather(refused(error))
        return
    left = max(0, size - position)
    if length != ALL:
        left = min(left, length)
    gather(head(0, left))
    flush()
    left = copy(handle, position, left)
    while left:
        left -= os.write(1, bytes(min(left, 1 << 16)))

def answer():
    global pace, pool
    question = asked[0]
    if question[1] > SMALL:
        asked.popleft()
        send(*question)
        return
    if pace < SLOW:
        asked.popleft()
        began = time.monotonic()
        gather(load(question))
        pace += (time.monotonic() - began - pace) / 16
        return
    if pool is None:
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(8)
    batch = []
    while asked and len(batch) < BATCH and asked[0][1] <= SMALL:
        batch.append(asked.popleft())
    gather(*pool.map(load, batch))

def understand():
    at = 0
    while len(room) > at:
        if room[at] == 10:
            at += 1
            continue
        if room[at] != 82:
            sys.exit(2)
        if len(room) < at + 15:
            break
        position, length, size = struct.unpack_from(">QIH", room, at + 1)
        if len(room) < at + 15 + size:
            break
        path = os.path.join(model, bytes(room[at + 15:at + 15 + size]))
        at += 15 + size
        asked.append((position, length, path))
        if length > SMALL:
            announce(position, length, path)
    del room[:at]

try:
    import fcntl
    fcntl.fcntl(1, 1031, 1 << 20)
except (ImportError, OSError):
    pass
write(b"MARK\n")
ended = False
try:
    while asked or not ended:
        if not ended and (not asked or select.select([0], [], [], 0)[0]):
            if not asked:
                flush()
            data = os.read(0, 1 << 16)
            ended = not data
            room += data
            understand()
        if asked:
            answer()
    flush()
except BrokenPipeError:
    sys.exit(1)
except OSError as error:
    os.write(2, ("%s %s\n" % (errno.errorcode.get(error.errno, "?"), error.strerror)).encode())
    sys.exit(1)
' "$1"
`.replace("MARK", MARK)}`;

/**
 * Begins a fetch with one program, since each one more takes two round trips: tells the facts of a survey, `end`, and goes on as
 * {@link SEND}. Arguments: root, model.
 */
export const OPEN_TO_SEND = `echo ${MARK}
${FACTS}
echo end
set -- "$dir"
${SEND}`;
