import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PushResult } from "../../src/operations/push/outcome.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { pushDirectory } from "./push-directory.ts";
import { dialSshd } from "./sshd-host.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const MIB = 1024 * 1024;
const PART = 8192;

/** A model that changed a little: how, and how many bytes of it may travel. */
const CHANGES: readonly {
  readonly name: string;
  readonly change: (old: Buffer) => Buffer;
  readonly most: number;
}[] = [
  {
    name: "single bytes, here and there",
    change(old) {
      const changed = Buffer.from(old);
      for (let at = 12_345; at < changed.length; at += 1_500_000) changed.writeUInt8(changed[at]! ^ 1, at);
      return changed;
    },
    most: 18 * PART,
  },
  {
    name: "a byte of every block",
    change(old) {
      const changed = Buffer.from(old);
      for (let at = 77; at < changed.length; at += 262_144) changed.writeUInt8(changed[at]! ^ 1, at);
      return changed;
    },
    most: 100 * PART,
  },
  {
    name: "a longer header in front",
    change: (old) => Buffer.concat([randomBytes(101), old]),
    most: 2 * MIB,
  },
  {
    name: "rows of a vocabulary in the middle, which grew",
    change: (old) =>
      Buffer.concat([old.subarray(0, 9 * MIB), randomBytes(30 * 768 * 4), old.subarray(9 * MIB)]),
    most: 2 * MIB,
  },
  {
    name: "rows that were taken out in two places",
    change: (old) =>
      Buffer.concat([
        old.subarray(0, 5 * MIB),
        old.subarray(5 * MIB + 700_001, 15 * MIB),
        old.subarray(15 * MIB + 99),
      ]),
    most: 4 * MIB,
  },
  { name: "more at the end", change: (old) => Buffer.concat([old, randomBytes(70_000)]), most: 400_000 },
  { name: "less at the end", change: (old) => old.subarray(0, 20 * MIB - 5), most: 1 },
];

describe.skipIf(noSshd !== undefined)("what changed of a large file", () => {
  let sshd: Sshd;
  let host: StoreHost;
  let work: string;
  let clock = Date.UTC(2026, 10, 22, 8, 15, 0);
  beforeAll(async () => {
    sshd = await startSshd();
    host = await dialSshd(sshd);
  });
  afterAll(async () => {
    host.close();
    await removeSshd(sshd);
  });
  beforeEach(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-differences-"));
    await mkdir(path.join(work, "model"));
    await mkdir(path.join(work, "store"));
    return () => rm(work, { recursive: true, force: true });
  });
  const push = async (weights: Buffer, connections = 1): Promise<PushResult> => {
    await writeFile(path.join(work, "model", "weights.bin"), weights);
    return pushDirectory({
      directory: path.join(work, "model"),
      model: "bert",
      root: path.join(work, "store"),
      activate: true,
      wait: 0,
      pusher: { user: "ana", machine: "laptop" },
      link: { connections },
      host,
      dial: () => dialSshd(sshd),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date((clock += 1000)),
    });
  };
  const current = (): Promise<Buffer> => readFile(path.join(work, "store", "bert", "current", "weights.bin"));

  it.each(CHANGES)("travels, and hardly more: $name", async ({ change, most }) => {
    const old = randomBytes(24 * MIB + 4321);
    await push(old);
    const changed = change(old);
    const { bytesSent, bytesReused } = await push(changed);
    expect((await current()).equals(changed)).toBe(true);
    expect(bytesSent).toBeLessThan(most);
    expect(bytesSent + bytesReused).toBe(changed.length);
  });

  it("travels once over several connections", async () => {
    const old = randomBytes(40 * MIB);
    await push(old, 4);
    const changed = Buffer.concat([randomBytes(33), old]);
    const { bytesSent } = await push(changed, 4);
    expect((await current()).equals(changed)).toBe(true);
    expect(bytesSent).toBeLessThan(24 * MIB);
  });

  it("is all of it where nothing is like before, and where everything looks alike", async () => {
    await push(randomBytes(5 * MIB));
    const other = randomBytes(5 * MIB);
    expect(await push(other)).toMatchObject({ bytesSent: other.length });
    expect((await current()).equals(other)).toBe(true);
    const zeros = Buffer.concat([Buffer.alloc(3 * MIB), Buffer.from("end")]);
    await push(zeros);
    expect((await current()).equals(zeros)).toBe(true);
  });

  it("is not built on an older version that is not what its manifest says", async () => {
    const old = randomBytes(8 * MIB);
    const { version } = await push(old);
    const stored = path.join(work, "store", "bert", "versions", version, "weights.bin");
    const damaged = Buffer.from(old);
    for (let at = 0; at < damaged.length; at += 1000) damaged.writeUInt8(damaged[at]! ^ 255, at);
    await rm(stored);
    await writeFile(stored, damaged);
    // Every block is new, so nothing is copied as it is; comparing shows that nothing fits.
    const changed = Buffer.concat([randomBytes(10), old]);
    await push(changed);
    expect((await current()).equals(changed)).toBe(true);
  });
});
