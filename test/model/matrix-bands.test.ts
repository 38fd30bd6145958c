import { expect, test } from "vitest";
import { bandsOf, grown, joinedBands, transposed } from "../../src/model/matrix-bands.ts";
import type { Tensor } from "../../src/model/tensor.ts";

/** A matrix whose value at (row, column) is 1000 row + column, read in chunks of `chunk` values. */
function matrix(rows: number, columns: number, chunk: number, first = 0): Tensor {
  const values = Array.from({ length: rows * columns }, (_, index) => value(index, columns) + first);
  return {
    name: "m",
    shape: [rows, columns],
    read: async function* () {
      // One buffer for all chunks, as files are read.
      const buffer = new Float32Array(chunk);
      for (let at = 0; at < values.length; at += chunk) {
        const part = values.slice(at, at + chunk);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    },
  };
}

const value = (index: number, columns: number): number =>
  1000 * Math.floor(index / columns) + (index % columns);

async function collected(bands: AsyncIterable<Float32Array>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const band of bands) all.push(Array.from(band));
  return all;
}

const SIZES = [
  [1, 1],
  [1, 7],
  [7, 1],
  [3, 5],
  [33, 65],
  [100, 40],
] as const;

test("a matrix is turned over whatever its chunks and however little memory a band may take", async () => {
  for (const [rows, columns] of SIZES) {
    const expected = Array.from({ length: columns * rows }, (_, index) =>
      value((index % rows) * columns + Math.floor(index / rows), columns),
    );
    for (const chunk of [1, 3, 64, 10_000]) {
      for (const bytes of [1, 4 * rows, 12 * rows + 1, 1e6]) {
        const turned = transposed(matrix(rows, columns, chunk), bytes);
        expect(turned.shape).toEqual([columns, rows]);
        const bands = await collected(turned.read());
        expect(bands.flat()).toEqual(expected);
        expect(Math.max(...bands.map((band) => band.length))).toBeLessThanOrEqual(Math.max(rows, bytes / 4));
      }
    }
  }
});

test("turned over twice a matrix is read as it lies in the file", async () => {
  const source = matrix(3, 5, 4);
  const back = transposed({ ...transposed(source), name: "renamed" });
  expect(back).toMatchObject({ name: "renamed", shape: [3, 5], read: source.read });
});

test("a matrix that ends early is no matrix", async () => {
  const short = { ...matrix(3, 5, 4), shape: [4, 5] };
  await expect(collected(transposed(short).read())).rejects.toThrow(/ended after 15 of 20/);
});

test("bands are whole rows, the last may have fewer", async () => {
  for (const chunk of [1, 4, 7, 100]) {
    const bands = await collected(bandsOf(matrix(5, 3, chunk), 2));
    expect(bands.map((band) => band.length)).toEqual([6, 6, 3]);
    expect(bands.flat()).toEqual(Array.from({ length: 15 }, (_, index) => value(index, 3)));
  }
});

test("matrices come side by side, each row of all", async () => {
  for (const bytes of [1, 40, 1000]) {
    const parts = [matrix(4, 2, 3), matrix(4, 3, 5, 0.5), matrix(4, 1, 1, 0.25)];
    const rows = (await collected(joinedBands(parts, bytes))).flat();
    expect(rows).toEqual(
      [0, 1000, 2000, 3000].flatMap((row) => [row, row + 1, row + 0.5, row + 1.5, row + 2.5, row + 0.25]),
    );
  }
});

test("a matrix and a vector grow by zeros on the right and below", async () => {
  for (const chunk of [1, 4, 100]) {
    const wide = grown(matrix(3, 2, chunk), [3, 4]);
    expect(wide.shape).toEqual([3, 4]);
    expect((await collected(wide.read())).flat()).toEqual([0, 1, 0, 0, 1000, 1001, 0, 0, 2000, 2001, 0, 0]);
    const both = grown(matrix(2, 2, chunk), [3, 3]);
    expect((await collected(both.read())).flat()).toEqual([0, 1, 0, 1000, 1001, 0, 0, 0, 0]);
    const vector = grown({ ...matrix(1, 3, chunk), shape: [3] }, [5]);
    expect((await collected(vector.read())).flat()).toEqual([0, 1, 2, 0, 0]);
  }
  const same = matrix(2, 2, 4);
  expect(grown(same, [2, 2])).toBe(same);
});

test("what is checked behind the last value of each matrix is checked", async () => {
  const checked: string[] = [];
  const part = (name: string): Tensor => {
    const source = matrix(4, 2, 3);
    return {
      ...source,
      read: async function* () {
        yield* source.read();
        checked.push(name);
      },
    };
  };
  await collected(joinedBands([part("a"), part("b"), part("c")]));
  expect(checked).toEqual(["a", "b", "c"]);
});
