import { expect, test } from "vitest";
import { crc32c, mask, unmask } from "../../src/model/checkpoint/crc32c.ts";
import { encodeHalves } from "../checkpoint-writer/half.ts";
import { uncompress } from "../../src/model/checkpoint/snappy.ts";
import { encodeTable } from "../checkpoint-writer/table-writer.ts";
import { tableEntries } from "../../src/model/checkpoint/table.ts";
import { randomNumbers } from "./random-variables.ts";

test("crc32c gives the values of RFC 3720, in one piece and in several", () => {
  const up = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(up)).toBe(0x46dd794e);
  for (let cut = 0; cut <= 32; cut += 1)
    expect(crc32c(up.subarray(cut), crc32c(up.subarray(0, cut)))).toBe(0x46dd794e);
  for (const value of [0, 1, 0x46dd794e, 0xffffffff]) expect(unmask(mask(value))).toBe(value);
});

test("Snappy: literals of all lengths, copies that overlap, and what is not Snappy", () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  // "abab…" as a literal of two and a copy of ten from two back; then one with a two-byte offset.
  expect(text(uncompress(Uint8Array.of(12, 4, 97, 98, 0x19, 2)))).toBe("abababababab");
  expect(text(uncompress(Uint8Array.of(5, 0, 120, 0x0e, 1, 0)))).toBe("xxxxx");
  const long = new Uint8Array(300).fill(65);
  expect(uncompress(Uint8Array.of(0xac, 2, 61 << 2, 43, 1, ...long))).toEqual(long);
  for (const bad of [
    [5, 0, 120],
    [2, 0x01, 9],
    [200, 1, 0, 65],
    [1, 0xfc, 255, 255, 255, 255],
    [1, 0x0e, 0, 0],
  ]) {
    expect(() => uncompress(Uint8Array.from(bad))).toThrow(
      /holds a compressed block|points outside|cut short/,
    );
  }
});

test("a table of several blocks reads back as it was written", () => {
  const entries = Array.from({ length: 5000 }, (_, index) => ({
    key: new TextEncoder().encode(`variable/${String(index).padStart(6, "0")}/kernel`),
    value: new Uint8Array(100).fill(index % 251),
  }));
  const read = [...tableEntries(encodeTable(entries))];
  expect(read).toHaveLength(5000);
  expect(read.map(({ key }) => Buffer.from(key).toString())).toEqual(
    entries.map(({ key }) => Buffer.from(key).toString()),
  );
  expect(read[4321]?.value).toEqual(entries[4321]?.value);
});

test("any bytes at all end in an error of ours, never in a crash or a long wait", () => {
  const random = randomNumbers(3);
  const whole = encodeTable([{ key: new Uint8Array(0), value: Uint8Array.of(8, 1) }]);
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Uint8Array.from(whole);
    for (let change = 0; change < 3; change += 1)
      bytes[Math.floor(random() * 40)] = Math.floor(random() * 256);
    expect(outcome(bytes)).toMatch(/^(read|Corrupt)$/);
  }
});

function outcome(bytes: Uint8Array): string {
  try {
    return [...tableEntries(bytes)].length < 100 ? "read" : "too many";
  } catch (error) {
    return (error as Error).name;
  }
}

test("half precision rounds to the nearest, ties to even", () => {
  const half = (value: number) => new Uint16Array(encodeHalves(Float32Array.of(value)).buffer)[0];
  expect(half(0)).toBe(0);
  expect(half(-0)).toBe(0x8000);
  expect(half(1)).toBe(0x3c00);
  expect(half(-2)).toBe(0xc000);
  expect(half(65_504)).toBe(0x7bff);
  expect(half(70_000)).toBe(0x7c00);
  expect(half(2 ** -24)).toBe(1);
  expect(half(2 ** -25)).toBe(0);
  expect(half(2 ** -14)).toBe(0x0400);
  expect(half(1 + 2 ** -11)).toBe(0x3c00);
  expect(half(1 + 3 * 2 ** -11)).toBe(0x3c02);
  expect(half(0.1)).toBe(0x2e66);
});
