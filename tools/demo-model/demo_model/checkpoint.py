"""Writes and reads TensorFlow's V2 checkpoint (the "tensor bundle") with numpy alone.

PREFIX.data-00000-of-00001 holds the tensors, one behind the other, row-major and little-endian. PREFIX.index is a
sorted table as LevelDB's: name -> type, shape, offset, size and checksum, as protocol buffers; the empty name is the
header.
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from .crc32c import masked_crc32c

TYPES = {np.dtype(np.float32): 1, np.dtype(np.float16): 19}
MAGIC = 0xDB4775248B80FB57
RESTART_INTERVAL = 16  # entries
HEADER = b"\x08\x01\x1a\x02\x08\x01"  # num_shards 1; endianness little is the default; version { producer 1 }


def write_checkpoint(prefix: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Writes both files. Tensors are float16 or float32."""
    entries = [(b"", HEADER)]
    offset = 0
    with open(f"{prefix}.data-00000-of-00001", "wb") as data:
        for name in sorted(tensors, key=str.encode):
            tensor = tensors[name]
            content = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()
            entries.append((name.encode(), _entry(tensor, offset, content)))
            data.write(content)
            offset += len(content)
    with open(f"{prefix}.index", "wb") as index:
        index.write(_table(entries))


def _entry(tensor: np.ndarray, offset: int, content: bytes) -> bytes:
    """A BundleEntryProto; members that are 0 are left out, as protocol buffers do."""
    sizes = b"".join(_bytes_field(2, _varint_field(1, size)) for size in tensor.shape)
    start = _varint_field(4, offset) if offset else b""
    checksum = _varint(6 << 3 | 5) + struct.pack("<I", masked_crc32c(content))
    kind = _varint_field(1, TYPES[tensor.dtype])
    return kind + _bytes_field(2, sizes) + start + _varint_field(5, len(content)) + checksum


def _table(entries: list[tuple[bytes, bytes]]) -> bytes:
    """One block of data (ours is far below TensorFlow's 256 KiB a block), an empty metaindex, an index, the footer."""
    data = _block(entries)
    metaindex = _block([])
    handle = _handle(0, len(data))
    index = _block([(entries[-1][0], handle)])
    ends = _handle(len(data) + 5, len(metaindex)) + _handle(len(data) + len(metaindex) + 10, len(index))
    footer = ends.ljust(40, b"\0") + struct.pack("<Q", MAGIC)
    return b"".join([*(_sealed(block) for block in (data, metaindex, index)), footer])


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Entries that share the beginning of the key before them, except at restarts; then the restarts' offsets."""
    block, restarts, before = bytearray(), [0], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % RESTART_INTERVAL == 0:
            restarts += [len(block)] if number else []
        else:
            while shared < min(len(key), len(before)) and key[shared] == before[shared]:
                shared += 1
        block += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        before = key
    return bytes(block) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def _sealed(block: bytes) -> bytes:
    """A block with its type (0: not compressed) and the checksum over both."""
    return block + b"\0" + struct.pack("<I", masked_crc32c(block + b"\0"))


def _handle(offset: int, size: int) -> bytes:
    return _varint(offset) + _varint(size)


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + _varint(value >> 7)


def _varint_field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes_field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def read_checkpoint(prefix: Path) -> dict[str, np.ndarray]:
    """What `write_checkpoint` wrote: one block, one file. It checks checksums, but is no reader of strangers' files."""
    data = Path(f"{prefix}.data-00000-of-00001").read_bytes()
    types = {number: dtype for dtype, number in TYPES.items()}
    tensors = {}
    for name, value in _entries(Path(f"{prefix}.index").read_bytes()):
        if name == b"":
            continue
        members = dict(_fields(value))
        shape = [dict(_fields(size)).get(1, 0) for number, size in _fields(members[2]) if number == 2]
        content = data[members.get(4, 0) :][: members[5]]
        if masked_crc32c(content) != members[6]:
            raise ValueError(f"{name.decode()}: the checksum does not match")
        tensors[name.decode()] = np.frombuffer(content, types[members[1]]).reshape(shape)
    return tensors


def _entries(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    _, at = _read_varint(table, len(table) - 48)  # the metaindex is empty
    _, at = _read_varint(table, at)
    start, at = _read_varint(table, at)
    size, at = _read_varint(table, at)
    (_, handle), *more = _block_entries(table[start : start + size])
    if more:
        raise ValueError("the index has several blocks")
    start, at = _read_varint(handle, 0)
    size, at = _read_varint(handle, at)
    yield from _block_entries(table[start : start + size])


def _block_entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    (restarts,) = struct.unpack("<I", block[-4:])
    end, at, key = len(block) - 4 * restarts - 4, 0, b""
    while at < end:
        shared, at = _read_varint(block, at)
        own, at = _read_varint(block, at)
        size, at = _read_varint(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + size]
        at += own + size


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        if tag & 7 == 0:
            value, at = _read_varint(message, at)
        elif tag & 7 == 2:
            size, at = _read_varint(message, at)
            value, at = message[at : at + size], at + size
        else:
            (value,), at = struct.unpack_from("<I", message, at), at + 4
        yield tag >> 3, value


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at
