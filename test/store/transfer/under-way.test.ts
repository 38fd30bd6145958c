import { expect, it } from "vitest";
import { unread } from "../../../src/store/hash-files.ts";
import type { Piece } from "../../../src/store/transfer/pieces.ts";
import { UnderWay } from "../../../src/store/transfer/under-way.ts";

const STAMP = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n };

function piece(path: string, length: number) {
  const file = unread({ path, absolute: `/here/${path}`, size: length, mode: 0o644, stamp: STAMP });
  return { file, start: 0, length };
}

/** A lane's books, and what was said of them. */
function books() {
  const told: { bytes: number; reused: readonly number[]; back: readonly Piece[] } = {
    bytes: 0,
    reused: [],
    back: [],
  };
  const underWay = new UnderWay({
    onBytes: (count) => (told.bytes += count),
    onPiece: (reused) => (told.reused = [...told.reused, reused]),
    giveBack: (one) => (told.back = [...told.back, one]),
  });
  return { told, underWay };
}

it("a piece that went out as one frame is done when the host says so", () => {
  const { told, underWay } = books();
  for (const name of ["a", "b", "c"]) underWay.sent(piece(name, 4096));
  expect([underWay.pieces, underWay.frames, underWay.bytes]).toEqual([3, 3, 3 * 4096]);
  underWay.acknowledge(2);
  expect([underWay.pieces, underWay.frames, underWay.bytes]).toEqual([1, 1, 4096]);
  expect(told).toEqual({ bytes: 8192, reused: [0, 0], back: [] });
});

it("a piece of several frames is done with the last of them, and what the host had counts as reused", () => {
  const { told, underWay } = books();
  const taken = underWay.take(piece("weights", 3000));
  underWay.expect({ piece: taken, bytes: 1000 });
  underWay.expect({ piece: taken, bytes: 0, path: "versions/1/weights" });
  underWay.acknowledge(1);
  underWay.written(taken);
  expect([told.bytes, told.reused]).toEqual([1000, []]);
  underWay.acknowledge(1);
  expect([told.bytes, told.reused, underWay.pieces, underWay.bytes]).toEqual([1000, [2000], 0, 0]);
});

it("when the connection is lost, all that is not done is given back once, and the host is asked for what was sent", () => {
  const { told, underWay } = books();
  underWay.sent(piece("done", 10));
  underWay.sent(piece("sent", 20));
  underWay.take(piece("read", 30));
  underWay.expect({ piece: underWay.take(piece("begun", 40)), bytes: 15 });
  underWay.acknowledge(1);
  underWay.giveBack();
  expect(told.back).toHaveLength(3);
  const back = told.back.map(({ file, start, length, sent = false }) => [file.path, start, length, sent]);
  expect(new Set(back)).toEqual(
    new Set([
      ["begun", 0, 40, true],
      ["read", 0, 30, false],
      ["sent", 0, 20, true],
    ]),
  );
});

it("what the host lacked after all is given back to be sent as it is", () => {
  const { told, underWay } = books();
  const taken = underWay.take(piece("weights", 100));
  taken.lacking = true;
  underWay.expect({ piece: taken, bytes: 5, unsure: true });
  underWay.written(taken);
  underWay.acknowledge(1);
  expect(told.back).toMatchObject([{ start: 0, length: 100, whole: true }]);
  expect(told.reused).toEqual([]);
});
