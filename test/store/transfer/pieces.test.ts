import { expect, it } from "vitest";
import type { ManifestFile } from "../../../src/store/manifest.ts";
import { MOSTLY_THERE_SIZE, PIECE_SIZE, pieces } from "../../../src/store/transfer/pieces.ts";

function file(path: string, size: number): ManifestFile {
  return { path, size, mode: 0o644, blocks: [] };
}

/** Where each piece begins and ends, by file. */
function extents(all: ReturnType<typeof pieces>): readonly (readonly [string, number, number])[] {
  return all.map(({ file: { path }, start, length }) => [path, start, start + length]);
}

it("pieces cover a file without gaps, and its last byte is the last piece's", () => {
  expect(extents(pieces([file("model", 2 * PIECE_SIZE + 1)]))).toEqual([
    ["model", 0, PIECE_SIZE],
    ["model", PIECE_SIZE, 2 * PIECE_SIZE],
    ["model", 2 * PIECE_SIZE, 2 * PIECE_SIZE + 1],
  ]);
});

it("a file that is mostly there is cut into larger pieces, beside others", () => {
  const files = [file("new", 2 * PIECE_SIZE), file("old", MOSTLY_THERE_SIZE + 5), file("old-small", 7)];
  expect(extents(pieces(files, ({ path }) => path.startsWith("old")))).toEqual([
    ["new", 0, PIECE_SIZE],
    ["new", PIECE_SIZE, 2 * PIECE_SIZE],
    ["old", 0, MOSTLY_THERE_SIZE],
    ["old", MOSTLY_THERE_SIZE, MOSTLY_THERE_SIZE + 5],
    ["old-small", 0, 7],
  ]);
});

it("an empty file is a piece of no bytes, and small files come last", () => {
  expect(extents(pieces([file("empty", 0), file("large", PIECE_SIZE + 1)]))).toEqual([
    ["large", 0, PIECE_SIZE],
    ["large", PIECE_SIZE, PIECE_SIZE + 1],
    ["empty", 0, 0],
  ]);
});
