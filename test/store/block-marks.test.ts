import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BlockMarks, KEY_SIZE, MARK_SIZE } from "../../src/store/block-marks.ts";

const KEY = Buffer.alloc(KEY_SIZE, 1);
const FIRST = Buffer.alloc(256 * 1024, "first");
const SECOND = Buffer.alloc(100_000, "second");
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
/** No block's hash: what is given back was remembered, not computed. */
const REMEMBERED = ["a".repeat(64), "b".repeat(64)];

function read(key = KEY): BlockMarks {
  const marks = new BlockMarks(key, 2);
  expect([marks.hash(0, FIRST), marks.hash(1, SECOND)]).toEqual([sha256(FIRST), sha256(SECOND)]);
  return marks;
}

describe("blocks that were hashed before", () => {
  it("are recognised at their place, and only there", () => {
    const again = new BlockMarks(KEY, 2, { hashes: REMEMBERED.join(""), marks: read().marks });
    expect(again.hash(0, Buffer.from(FIRST))).toBe(REMEMBERED[0]);
    expect(again.hash(1, Buffer.from(SECOND))).toBe(REMEMBERED[1]);
    expect(again.hash(0, SECOND)).toBe(sha256(SECOND));
    expect(again.marks.equals(read().marks)).toBe(false);
  });

  it("are hashed anew when one bit of them changed, or their length", () => {
    const former = { hashes: REMEMBERED.join(""), marks: read().marks };
    for (const bit of [0, FIRST.length * 4, FIRST.length * 8 - 1]) {
      const changed = Buffer.from(FIRST);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(new BlockMarks(KEY, 2, former).hash(0, changed)).toBe(sha256(changed));
    }
    const longer = Buffer.concat([SECOND, Buffer.alloc(1)]);
    for (const other of [longer, SECOND.subarray(1), SECOND.subarray(0, -1), Buffer.alloc(0)])
      expect(new BlockMarks(KEY, 2, former).hash(1, other)).toBe(sha256(other));
  });

  it("are hashed anew in a file that has more of them now, or under another key", () => {
    const former = { hashes: REMEMBERED.join(""), marks: read().marks };
    const longer = new BlockMarks(KEY, 3, former);
    expect([longer.hash(0, FIRST), longer.hash(2, FIRST)]).toEqual([REMEMBERED[0], sha256(FIRST)]);
    expect(longer.marks.length).toBe(3 * MARK_SIZE);
    const shorter = new BlockMarks(KEY, 1, former);
    expect(shorter.hash(0, FIRST)).toBe(REMEMBERED[0]);
    expect(new BlockMarks(Buffer.alloc(KEY_SIZE, 2), 2, former).hash(0, FIRST)).toBe(sha256(FIRST));
  });
});
