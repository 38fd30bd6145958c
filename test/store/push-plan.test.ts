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
import { knownContent } from "../../src/store/known-content.ts";
import { planPush } from "../../src/store/push-plan.ts";
import { contentOf, isVersionId, versionId } from "../../src/store/version-id.ts";
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
    const known = knownContent([
      manifest(OLD, [file("same", "abc"), file("before", "defg"), file("gone", "")]),
    ]);
    const wanted = [
      file("same", "abc"),
      file("sub/dir/moved", "defg"),
      file("changed", "aXbcY", 100),
      file("empty", ""),
    ];
    const arrived = new Map([["changed", [file("", "Z").blocks[0] ?? "", file("", "X").blocks[0] ?? ""]]]);
    const plan = planPush(wanted, { known, copies: true, arrived, emptyDirectories: ["none"] });
    expect(plan.directories).toEqual(["none", "sub", "sub/dir"]);
    expect(plan.links.map(({ file: { path }, from }) => [path, from])).toEqual([
      ["same", `versions/${OLD}/same`],
      ["sub/dir/moved", `versions/${OLD}/before`],
    ]);
    expect(plan.builds.map(({ file: { path } }) => path)).toEqual(["changed", "empty"]);
    expect(plan.bytesCopied).toBe(3 * BLOCK_SIZE);
    expect(plan.bytesSent).toBe(100);
    expect(known.placeOf(wanted[2]?.blocks[2] ?? "")).toEqual({
      path: `versions/${OLD}/same`,
      start: BLOCK_SIZE,
    });
  });

  it("sends blocks where the host cannot copy them", () => {
    const known = knownContent([manifest(OLD, [file("changed", "abc")])]);
    const plan = planPush([file("changed", "abX")], { known });
    expect([plan.bytesCopied, plan.bytesSent]).toEqual([0, 3 * BLOCK_SIZE]);
  });

  it("counts what was not read yet as sent, and never links it", () => {
    const whole = file("f", "abc");
    const known = knownContent([manifest(OLD, [whole])]);
    const begun = { ...whole, blocks: [whole.blocks[0] ?? "", "", ""] };
    const plan = planPush([begun], { known, copies: true });
    expect(plan.links).toEqual([]);
    expect([plan.bytesCopied, plan.bytesSent]).toEqual([BLOCK_SIZE, 2 * BLOCK_SIZE]);
    expect(known.mayBeWhole(begun)).toBe(true);
    expect(known.mayBeWhole({ ...begun, blocks: [whole.blocks[1] ?? "", "", ""] })).toBe(false);
    expect(known.mayBeWhole({ ...begun, size: begun.size - 1 })).toBe(false);
  });

  it("is cut into pieces that cover it exactly", () => {
    const wanted = [file("small", "k", 5), file("big", "abcdefghij", 9), file("empty", "")];
    const cut = pieces(wanted);
    expect(cut.reduce((sum, { length }) => sum + length, 0)).toBe(9 * BLOCK_SIZE + 9 + 5);
    expect(cut.every(({ length }) => length <= PIECE_SIZE)).toBe(true);
    expect(cut.map(({ file: { path } }) => path)).toEqual(["big", "big", "big", "small", "empty"]);
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
