/** The part of {@link RECEIVE} that unpacks blocks. */
export const UNPACK = String.raw`
masks = {}

def unpack(codec, packed, length):
    import zlib
    if codec == 1:
        return memoryview(zlib.decompress(packed, -15))
    count = length // 4
    if count not in masks:
        one = int.from_bytes(bytes((1, 0, 0, 0)) * count, "little")
        masks[count] = (one, one * 0x7fffffff)
    lowest, others = masks[count]
    size = struct.unpack(">I", packed[:4])[0]
    words = bytearray(length)
    words[3::4] = zlib.decompress(packed[4:4 + size], -15)
    for place in (2, 1, 0):
        at = 4 + size + (2 - place) * count
        words[place::4] = packed[at:at + count]
    whole = int.from_bytes(words, "little")
    return memoryview(((whole >> 1 & others) | ((whole & lowest) << 31)).to_bytes(length, "little"))
`;
