import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { FrameWriter } from "../../../src/store/transfer/frame-writer.ts";

/** Numbers that look random, the same ones every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A writer, what it wrote, and its end. */
function writing(highWaterMark: number) {
  const channel = Object.assign(new PassThrough({ highWaterMark }), { stderr: new PassThrough() });
  let wake = (): void => undefined;
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return { channel, writer: new FrameWriter(channel, change, () => wake()) };
}

it("frames that are copied, made in place or too long for both come out in their order, also where nobody reads for a while", async () => {
  const number = numbers(7);
  const { channel, writer } = writing(100_000);
  const came: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => came.push(Buffer.from(chunk)));
  const expected: Buffer[] = [];
  for (let turn = 0; turn < 2000; turn++) {
    const frame = Buffer.alloc(number(10) === 0 ? number(300_000) : number(9000), turn % 251);
    expected.push(frame);
    const how = number(3);
    if (how === 0) writer.gather(frame);
    else if (how === 1) await writer.write(frame);
    else {
      // More room than is needed, of which the rest stays free.
      const room = writer.room(frame.length + number(5000));
      frame.copy(room);
      await writer.keep(frame.length);
    }
    // Room that was not used after all leaves no trace.
    if (number(4) === 0) writer.room(number(2000)).fill(255);
  }
  await writer.flush();
  channel.end();
  await new Promise((resolve) => {
    channel.once("end", resolve);
  });
  expect(Buffer.concat(came).equals(Buffer.concat(expected))).toBe(true);
});

it("what is gathered goes out in few writes, or when that is asked for", () => {
  const { channel, writer } = writing(10_000_000);
  const sizes: number[] = [];
  const write = channel.write.bind(channel);
  channel.write = (data: Buffer, done?: unknown) => {
    sizes.push(data.length);
    return typeof done === "function" ? write(data, () => Reflect.apply(done, undefined, [])) : write(data);
  };
  for (let turn = 0; turn < 100; turn++) {
    writer.room(4096).fill(turn);
    expect(writer.keep(4096)).toBeUndefined();
  }
  expect(sizes).toEqual([262_144]);
  expect(writer.flush()).toBeUndefined();
  expect(sizes).toEqual([262_144, 100 * 4096 - 262_144]);
  expect(writer.flush()).toBeUndefined();
  expect(sizes).toHaveLength(2);
});
