/** Version 3 of the SFTP protocol, draft-ietf-secsh-filexfer-02: numbers and how packets are read and written. */
export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
};

export const RESPONSE = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extendedReply: 201,
};

export const STATUS = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
};

/** A packet that is longer than this is no request: OpenSSH's own limit. */
export const MAX_PACKET = 256 * 1024;
/** The most that one read answers; what fits a packet with its head. */
export const MAX_READ = MAX_PACKET - 1024;

/** Takes a request apart, member by member. */
export class Reader {
  #at = 0;

  /** @param {Buffer} bytes the packet after its length */
  constructor(bytes) {
    this.bytes = bytes;
  }

  byte() {
    this.#at += 1;
    return this.bytes.readUInt8(this.#at - 1);
  }

  uint32() {
    this.#at += 4;
    return this.bytes.readUInt32BE(this.#at - 4);
  }

  uint64() {
    this.#at += 8;
    return Number(this.bytes.readBigUInt64BE(this.#at - 8));
  }

  /** A string's bytes, which stay part of the packet. */
  data() {
    const length = this.uint32();
    if (this.#at + length > this.bytes.length) throw new RangeError("a string ends behind its packet");
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  text() {
    return this.data().toString("utf8");
  }

  get left() {
    return this.bytes.length - this.#at;
  }
}

/** @param {number} value */
export function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** @param {number | bigint} value */
export function uint64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** @param {string | Buffer} value */
export function string(value) {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/**
 * A whole answer.
 * @param {number} type
 * @param {readonly Buffer[]} members
 */
export function packet(type, members) {
  const length = members.reduce((sum, member) => sum + member.length, 1);
  return Buffer.concat([uint32(length), Buffer.from([type]), ...members]);
}
