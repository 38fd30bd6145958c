import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ContentFile } from "../../src/store/hash-files.ts";
import { BLOCK_SIZE, type Manifest, type ManifestFile } from "../../src/store/manifest.ts";
import { planPull, type Present, worthHashing } from "../../src/store/pull-plan.ts";

const STAMP = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n };

const block = (name: string): string => hash("sha256", name, "hex");
const ZEROS = hash("sha256", Buffer.alloc(BLOCK_SIZE), "hex");

/** A file of whole blocks; each word is the content of one. */
function file(path: string, ...words: readonly string[]): ContentFile {
  const blocks = words.map((word) => (word === "0" ? ZEROS : word === "?" ? "" : block(word)));
  const size = blocks.length * BLOCK_SIZE;
  const local = { path, absolute: `/here/${path}`, size, mode: 0o644, stamp: STAMP };
  return { path, size, mode: 0o644, blocks, local };
}

function manifest(...files: readonly ManifestFile[]): Manifest {
  return {
    format: 1,
    model: "bert",
    version: "20261122T081500Z-3f2a9c1b",
    createdAt: "",
    createdBy: "",
    blockSize: BLOCK_SIZE,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    fileCount: files.length,
    files,
  };
}

function present(files: readonly ContentFile[], more: Partial<Present> = {}): Present {
  return {
    files: new Map(files.map((one) => [one.path, one])),
    others: new Map(),
    staged: new Map(),
    ...more,
  };
}

describe("what is fetched", () => {
  it("comes in pieces of up to four blocks, large files first; what is known in between parts them", () => {
    const wanted = manifest(
      file("small", "s"),
      file("large", ...Array.from("abcdefghij")),
      file("again", "j", "a"),
    );
    const plan = planPull(wanted, present([file("other", "f")]));
    expect(plan.pieces.map(({ file: { path }, start, length }) => [path, start, length].join(" "))).toEqual([
      `large 0 ${4 * BLOCK_SIZE}`,
      `large ${4 * BLOCK_SIZE} ${BLOCK_SIZE}`,
      `large ${6 * BLOCK_SIZE} ${4 * BLOCK_SIZE}`,
      `small 0 ${BLOCK_SIZE}`,
    ]);
    expect(plan.copies).toMatchObject([{ file: { path: "large" }, index: 5, source: { position: 0 } }]);
    expect(plan.alsoAt.get(block("j"))).toMatchObject([{ file: { path: "again" }, index: 0 }]);
    expect(plan.bytesFetched).toBe(10 * BLOCK_SIZE);
    expect(plan.bytesNeeded).toBe(13 * BLOCK_SIZE);
    expect(plan.built.map(({ missing }) => missing)).toEqual([1, 10, 2]);
  });

  it("leaves out what an earlier fetch brought, and holes where nothing is yet", () => {
    const wanted = manifest(file("weights", "a", "0", "b", "0", "c"));
    const staged = new Map([["weights", [block("a"), block("old"), block("b")]]]);
    const plan = planPull(wanted, present([], { staged }));
    expect(plan.pieces).toMatchObject([{ start: 4 * BLOCK_SIZE, length: BLOCK_SIZE }]);
    // Zeros are written where something else was.
    expect(plan.copies).toEqual([{ file: wanted.files[0], index: 1 }]);
    expect(plan.built).toMatchObject([{ missing: 2 }]);
  });

  it("is nothing for a file that only has another name now", () => {
    const base = manifest(file("old", "a", "b"), file("stays", "c"));
    const plan = planPull(
      manifest(file("new", "a", "b"), file("copy", "c"), file("stays", "c")),
      present([file("old", "a", "b"), file("stays", "c")], { base }),
    );
    expect(plan.moved).toMatchObject([{ file: { path: "new" }, from: "old" }]);
    expect(plan.removed).toEqual(["old"]);
    // One that keeps its name is copied: who writes into one of them must not change the other.
    expect(plan.copies).toMatchObject([{ file: { path: "copy" }, source: { file: { path: "stays" } } }]);
    expect(plan.pieces).toEqual([]);
  });
});

describe("what is in the way", () => {
  const base = manifest(file("was", "a"), file("dir/was", "b"));
  it.each<[string, Manifest, Present, readonly string[]]>([
    ["a file as it was fetched", manifest(file("was", "new")), present([file("was", "a")], { base }), []],
    ["a changed one", manifest(file("was", "new")), present([file("was", "mine")], { base }), ["was"]],
    ["one that was not read", manifest(file("was", "new")), present([file("was", "?")], { base }), ["was"]],
    ["one that nobody fetched", manifest(file("x", "a")), present([file("x", "mine")]), ["x"]],
    ["one that is right already", manifest(file("x", "a")), present([file("x", "a")]), []],
    ["a link", manifest(file("x", "a")), present([], { others: new Map([["x", "link"]]) }), ["x"]],
    [
      "a link on the way",
      manifest(file("d/e/x", "a")),
      present([], { others: new Map([["d", "link"]]) }),
      ["d"],
    ],
    [
      "a device on the way",
      manifest(file("d/x", "a")),
      present([], { others: new Map([["d", "special"]]) }),
      ["d"],
    ],
    [
      "a directory of what was fetched",
      manifest(file("dir", "a")),
      present([file("dir/was", "b")], { base, others: new Map([["dir", "directory"]]) }),
      [],
    ],
    [
      "a directory that holds something else, too",
      manifest(file("dir", "a")),
      present([file("dir/was", "b"), file("dir/mine", "c")], {
        base,
        others: new Map([["dir", "directory"]]),
      }),
      ["dir/mine"],
    ],
    [
      "a file where a directory goes",
      manifest(file("was/x", "a")),
      present([file("was", "a")], { base }),
      [],
    ],
    ["a changed file there", manifest(file("was/x", "a")), present([file("was", "mine")], { base }), ["was"]],
  ])("%s", (_, wanted, there, conflicts) => {
    expect(planPull(wanted, there).conflicts).toEqual(conflicts);
  });
});

describe("what is worth reading", () => {
  it("is what either version names, and what has the size of a file that is missing", () => {
    const there = [
      file("wanted", "?"),
      file("before", "?"),
      file("moved", "?", "?"),
      file("mine", "?", "?", "?"),
    ];
    const wanted = manifest(file("wanted", "a"), file("new name", "b", "c"), file("empty"));
    const found = worthHashing(there, wanted, manifest(file("before", "a", "b", "c", "d")));
    expect(found.map(({ path }) => path)).toEqual(["wanted", "before", "moved"]);
  });
});
