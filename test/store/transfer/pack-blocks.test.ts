import { randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BLOCK_SIZE } from "../../../src/store/manifest.ts";
import { blockPacker, exponentPlanes } from "../../../src/store/transfer/pack-blocks.ts";

const file = (path: string) => ({ path, size: BLOCK_SIZE, mode: 0o644, blocks: [] });

describe("a packer of blocks", () => {
  const floats = Buffer.alloc(BLOCK_SIZE);
  for (let index = 0; index < BLOCK_SIZE / 4; index++)
    floats.writeFloatLE((Math.sin(index * 1.37) + Math.cos(index * 0.0091)) * 0.03, index * 4);

  it("gathers the exponents of floats, whatever their signs", () => {
    const planes = exponentPlanes(floats.subarray(0, 40));
    expect([...planes.subarray(0, 10)]).toEqual(
      Array.from({ length: 10 }, (_, index) => (floats.readUInt32LE(index * 4) >>> 23) & 255),
    );
  });

  it("packs floats and text, each in its way, and leaves noise alone", async () => {
    const packer = blockPacker(() => true);
    const packed = await packer.pack(file("floats"), floats);
    expect(packed?.codec).toBe(2);
    expect(packed?.data.length).toBeLessThan(BLOCK_SIZE * 0.87);
    const text = Buffer.from("weights and measures ".repeat(10_000));
    const words = await packer.pack(file("text"), text);
    expect(words?.codec).toBe(1);
    expect(inflateRawSync(words?.data ?? Buffer.alloc(0)).equals(text)).toBe(true);
    expect(await packer.pack(file("noise"), randomBytes(BLOCK_SIZE))).toBeUndefined();
    expect(await packer.pack(file("small"), Buffer.alloc(100))).toBeUndefined();
  });

  it("packs nothing while nobody wants it", async () => {
    expect(await blockPacker(() => false).pack(file("floats"), floats)).toBeUndefined();
  });
});
