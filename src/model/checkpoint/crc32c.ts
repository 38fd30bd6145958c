const TABLES = makeTables();

/** CRC-32C (Castagnoli) of the bytes, going on from an earlier part's value; eight bytes a step. */
export function crc32c(bytes: Uint8Array, earlier = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as Tables;
  let crc = ~earlier;
  let at = 0;
  const steps = bytes.length - (bytes.length % 8);
  for (; at < steps; at += 8) {
    const low = crc ^ word(bytes, at);
    const high = word(bytes, at + 4);
    crc =
      entry(t7, low & 255) ^
      entry(t6, (low >>> 8) & 255) ^
      entry(t5, (low >>> 16) & 255) ^
      entry(t4, low >>> 24) ^
      entry(t3, high & 255) ^
      entry(t2, (high >>> 8) & 255) ^
      entry(t1, (high >>> 16) & 255) ^
      entry(t0, high >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = entry(t0, (crc ^ (bytes[at] as number)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The form in which TensorFlow stores a checksum, so that a checksum of checksums stays strong. */
export function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The checksum that a stored value stands for. */
export function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

type Tables = [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function makeTables(): Int32Array[] {
  const first = new Int32Array(256).map((_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    return crc;
  });
  const tables = [first];
  for (let index = 1; index < 8; index += 1) {
    const earlier = tables[index - 1] as Int32Array;
    tables.push(earlier.map((crc) => entry(first, crc & 255) ^ (crc >>> 8)));
  }
  return tables;
}

// The indices below are within bounds by construction; a check for each byte would halve the speed.
function entry(table: Int32Array, index: number): number {
  return table[index] as number;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
