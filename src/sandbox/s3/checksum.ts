import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ChecksumName } from "./state.ts";

/** Computes one checksum over the pieces of an object. */
export interface Hasher {
  update(data: Uint8Array): void;
  digest(): Buffer;
}

/** Every checksum that the sandbox can compute. */
export const CHECKSUM_NAMES: readonly ChecksumName[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

/** A hasher for a checksum. */
export function hasherOf(name: ChecksumName): Hasher {
  switch (name) {
    case "SHA1":
    case "SHA256":
      return cryptoHasher(name.toLowerCase());
    case "CRC32":
      return crc32Hasher();
    case "CRC32C":
      return crc32cHasher();
    case "CRC64NVME":
      return crc64Hasher();
  }
  throw new Error(`no checksum ${String(name)}`);
}

/** One of Node's own hashes. */
export function cryptoHasher(algorithm: string): Hasher {
  const hash = createHash(algorithm);
  return { update: (data) => void hash.update(data), digest: () => hash.digest() };
}

function crc32Hasher(): Hasher {
  let value = 0;
  return {
    update(data) {
      value = crc32(data, value);
    },
    digest: () => uint32(value),
  };
}

/** Castagnoli's polynomial, reflected. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32cHasher(): Hasher {
  let value = 0xffffffff;
  return {
    update(data) {
      for (const byte of data) value = CRC32C_TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
    },
    digest: () => uint32((value ^ 0xffffffff) >>> 0),
  };
}

/** The NVMe polynomial 0x9a6c9329ac4bc9b5 (reflected), in two halves: JavaScript's integers have 32 bits. */
const CRC64_HIGH = new Uint32Array(256);
const CRC64_LOW = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
  let high = 0;
  let low = index;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    if (odd) {
      high = (high ^ 0x9a6c9329) >>> 0;
      low = (low ^ 0xac4bc9b5) >>> 0;
    }
  }
  CRC64_HIGH[index] = high;
  CRC64_LOW[index] = low;
}

function crc64Hasher(): Hasher {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update(data) {
      for (const byte of data) {
        const index = (low ^ byte) & 255;
        low = (((low >>> 8) | (high << 24)) ^ CRC64_LOW[index]!) >>> 0;
        high = ((high >>> 8) ^ CRC64_HIGH[index]!) >>> 0;
      }
    },
    digest: () => Buffer.concat([uint32(~high >>> 0), uint32(~low >>> 0)]),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
