import { describe, expect, it } from "vitest";
import {
  BLOCK_SIZE,
  contentHash,
  isSafePath,
  type Manifest,
  type ManifestFile,
  parseManifest,
  serialiseManifest,
} from "../../src/store/manifest.ts";
import { missingRanges, planPush } from "../../src/store/push-plan.ts";
import { contentOf, isVersionId, versionId } from "../../src/store/version-id.ts";
import { laneCount } from "../../src/store/transfer/lane-count.ts";
import { PIECE_SIZE, pieces } from "../../src/store/transfer/pieces.ts";

/** A file whose blocks have the hashes of these letters. */
function file(path: string, letters: string, last = BLOCK_SIZE): ManifestFile {
  const blocks = letters.split("").map((letter) => letter.charCodeAt(0).toString(16).padStart(64, "0"));
  const size = letters === "" ? 0 : (letters.length - 1) * BLOCK_SIZE + last;
  return {
    path,
    size,
    mode: 0o644,
    blocks,
  };
}

function manifest(version: string, files: readonly ManifestFile[]): Manifest {
  return {
    format: 1,
    model: "bert",
    version,
    createdAt: "2026-11-22T08:15:00.000Z",
    createdBy: "ana@laptop",
    blockSize: BLOCK_SIZE,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    fileCount: files.length,
    files,
  };
}

const OLD = "20261122T081500Z-00000001";

describe("a plan", () => {
  it("links what is the same under any name, keeps what arrived, copies blocks, sends the rest", () => {
    const known = [manifest(OLD, [file("same", "abc"), file("before", "defg"), file("gone", "")])];
    const wanted = [
      file("same", "abc"),
      file("sub/dir/moved", "defg"),
      file("changed", "aXbcY", 100),
      file("empty", ""),
    ];
    const arrived = new Map([["changed", [file("", "Z").blocks[0] ?? "", file("", "X").blocks[0] ?? ""]]]);
    const plan = planPush(wanted, { known, copies: true, arrived });
    expect(plan.directories).toEqual(["sub", "sub/dir"]);
    expect(plan.links.map(({ file: { path }, from }) => [path, from])).toEqual([
      ["same", `versions/${OLD}/same`],
      ["sub/dir/moved", `versions/${OLD}/before`],
    ]);
    expect(
      plan.copies.map(({ start, length, source }) => [start / BLOCK_SIZE, length / BLOCK_SIZE, source]),
    ).toEqual([
      [0, 1, { path: `versions/${OLD}/same`, start: 0 }],
      [2, 2, { path: `versions/${OLD}/same`, start: BLOCK_SIZE }],
    ]);
    expect(plan.sends.map(({ start, length }) => [start / BLOCK_SIZE, length])).toEqual([[4, 100]]);
    expect(plan.empty.map(({ path }) => path)).toEqual(["empty"]);
    expect(plan.bytesSent).toBe(100);
    expect(plan.bytesSent + plan.bytesReused).toBe(wanted.reduce((sum, { size }) => sum + size, 0));
  });

  it("sends blocks where the host cannot copy them", () => {
    const plan = planPush([file("changed", "abX")], { known: [manifest(OLD, [file("changed", "abc")])] });
    expect(plan.copies).toEqual([]);
    expect(plan.bytesSent).toBe(3 * BLOCK_SIZE);
  });

  it("joins neighbouring missing blocks into one range", () => {
    const wanted = file("f", "abcdef", 7);
    const there = [...wanted.blocks];
    there[1] = "wrong";
    there[2] = "wrong";
    expect(
      missingRanges(wanted, there.slice(0, 5)).map(({ start, length }) => [start / BLOCK_SIZE, length]),
    ).toEqual([
      [1, 2 * BLOCK_SIZE],
      [5, 7],
    ]);
    expect(missingRanges(wanted, wanted.blocks)).toEqual([]);
  });

  it("is cut into pieces that cover it exactly", () => {
    const wanted = [file("big", "abcdefghij", 9), file("small", "k", 5)];
    const plan = planPush(wanted, { known: [] });
    const cut = pieces(plan);
    expect(cut.reduce((sum, { length }) => sum + length, 0)).toBe(plan.bytesSent);
    expect(cut.every(({ length }) => length <= PIECE_SIZE)).toBe(true);
    expect(cut.at(-1)?.file.path).toBe("small");
  });
});

describe("connections", () => {
  const many = pieces({
    sends: [{ file: file("f", "a".repeat(400)), start: 0, length: 400 * BLOCK_SIZE }],
    copies: [],
    empty: [],
  });
  it("are one on a LAN, eight on a long link, fewer for little, and as many as a person says at most", () => {
    expect(laneCount({ roundTrip: 1, pieces: many })).toBe(1);
    expect(laneCount({ roundTrip: 80, pieces: many })).toBe(8);
    expect(laneCount({ roundTrip: 80, pieces: many.slice(0, 3) })).toBe(1);
    expect(laneCount({ roundTrip: 80, pieces: many, most: 3 })).toBe(3);
    expect(laneCount({ roundTrip: 1, pieces: many, most: 3 })).toBe(3);
  });
});

describe("a manifest", () => {
  const whole = manifest(OLD, [file("a", "abc", 3), file("b/c d", "")]);
  it("is read back as it was written, its summary first", () => {
    const text = serialiseManifest(whole);
    expect(parseManifest(text)).toEqual(whole);
    expect(text.indexOf('"fileCount":2')).toBeLessThan(text.indexOf('"files"'));
  });

  it.each([
    ["no JSON", "{"],
    ["another format", JSON.stringify({ ...whole, format: 2 })],
    ["a path that leaves", JSON.stringify({ ...whole, files: [{ ...whole.files[0], path: "../x" }] })],
    ["too few blocks", JSON.stringify({ ...whole, files: [{ ...whole.files[0], blocks: [] }] })],
    ["a negative size", JSON.stringify({ ...whole, files: [{ ...whole.files[0], size: -1 }] })],
  ])("is refused with %s", (_, text) => {
    expect(() => parseManifest(text)).toThrow(/cannot be read/u);
  });

  it("has the same content hash in any order and at any time, and another one for other content", () => {
    const [a, b] = [file("a", "abc"), file("b", "d")];
    expect(contentHash({ files: [a, b] })).toBe(contentHash({ files: [b, a] }));
    expect(contentHash({ files: [a, { ...b, mode: 0o755 }] })).not.toBe(contentHash({ files: [a, b] }));
    expect(contentHash({ files: [a, { ...b, path: "B" }] })).not.toBe(contentHash({ files: [a, b] }));
  });
});

describe("names", () => {
  it("of versions hold time and content", () => {
    const id = versionId(new Date(Date.UTC(2026, 10, 22, 8, 15, 0, 999)), "3f2a9c1b00ff");
    expect(id).toBe("20261122T081500Z-3f2a9c1b");
    expect(isVersionId(id)).toBe(true);
    expect(contentOf(id)).toBe("3f2a9c1b");
    expect(isVersionId("latest")).toBe(false);
  });

  it.each(["a", "a/b c", "é", "-dash", ".hidden", "a'b\"c", "x".repeat(255)])(
    "of files can be %j",
    (name) => {
      expect(isSafePath(name)).toBe(true);
    },
  );
  it.each(["", "/a", "a/", "a//b", "..", "a/../b", ".", "a\nb", "a\\b", "a\u007Fb", "x".repeat(256)])(
    "of files cannot be %j",
    (name) => {
      expect(isSafePath(name)).toBe(false);
    },
  );
});
