import { describe, expect, it } from "vitest";
import { Pace } from "../../../src/store/transfer/pace.ts";
import { bytesAllowed, lags } from "../../../src/store/transfer/shares.ts";

const MIB = 1024 * 1024;

/** Connections that have been at work for ten seconds, each at so many bytes a millisecond and with so many MiB under way. */
function atWork(...each: { readonly rate: number; readonly ahead: number }[]): Pace[] {
  let now = 0;
  const paces = each.map(() => new Pace(() => now));
  for (; now < 10_000; now += 100)
    for (const [at, pace] of paces.entries()) {
      const bytes = (each[at]?.rate ?? 0) * 100;
      pace.take(bytes);
      pace.pass(bytes);
    }
  for (const [at, pace] of paces.entries()) pace.take((each[at]?.ahead ?? 0) * MIB);
  return paces;
}

describe("the pace of a connection", () => {
  it("is what passed in the last two seconds, once it has shown itself for one", () => {
    let now = 0;
    const pace = new Pace(() => now);
    expect(pace.rate).toBeUndefined();
    pace.pass(0);
    now += 5000;
    expect(pace.rate).toBeUndefined();
    now = 0;
    for (; now < 900; now += 100) pace.pass(100_000);
    expect(pace.rate).toBeUndefined();
    for (; now < 5000; now += 100) pace.pass(200_000);
    expect(pace.rate).toBeCloseTo(2000, -2);
    now += 4000;
    expect(pace.rate).toBe(0);
  });
});

describe("what a connection may have under way", () => {
  it("is OpenSSH's window at first, and more once that has passed on a long link", () => {
    const pace = new Pace();
    expect(bytesAllowed(pace, [pace], 80)).toBe(2 * MIB);
    pace.pass(MIB);
    expect(bytesAllowed(pace, [pace], 80)).toBe(3 * MIB);
    pace.pass(100 * MIB);
    expect(bytesAllowed(pace, [pace], 80)).toBe(4 * MIB);
    expect(bytesAllowed(pace, [pace], 1)).toBe(2 * MIB);
  });

  it("is half a second's worth when its pace is known, within bounds", () => {
    const [fast, usual, starved] = atWork(
      { rate: 20_000, ahead: 0 },
      { rate: 4000, ahead: 0 },
      { rate: 300, ahead: 0 },
    );
    expect(bytesAllowed(fast!, [fast!], 80)).toBe(4 * MIB);
    expect(bytesAllowed(usual!, [usual!], 80)).toBeCloseTo(2_000_000, -5);
    expect(bytesAllowed(starved!, [starved!], 80)).toBe(MIB);
  });

  it("is little for one that joins others", () => {
    const late = new Pace();
    expect(bytesAllowed(late, [...atWork({ rate: 4000, ahead: 0 }), late], 80)).toBe(MIB);
  });
});

describe("a connection that is slower than others", () => {
  it("takes no more when they will have done all before it could", () => {
    const all = atWork({ rate: 8000, ahead: 2 }, { rate: 8000, ahead: 2 }, { rate: 500, ahead: 1 });
    const [first, second, slow] = all;
    expect(lags(slow!, all, MIB, 200 * MIB)).toBe(false);
    expect(lags(slow!, all, MIB, 20 * MIB)).toBe(true);
    expect(lags(first!, all, MIB, MIB)).toBe(false);
    expect(lags(second!, all, MIB, MIB)).toBe(false);
  });

  it("goes on while it is the only one, or nobody knows how fast it is", () => {
    const [alone] = atWork({ rate: 1, ahead: 4 });
    expect(lags(alone!, [alone!], MIB, MIB)).toBe(false);
    const late = new Pace();
    expect(lags(late, [...atWork({ rate: 8000, ahead: 2 }), late], MIB, MIB)).toBe(false);
  });

  it("never leaves all to nobody: the fastest goes on", () => {
    const all = atWork({ rate: 10, ahead: 4 }, { rate: 11, ahead: 4 }, { rate: 12, ahead: 4 });
    expect(all.map((pace) => lags(pace, all, MIB, MIB))).toContain(false);
  });
});
