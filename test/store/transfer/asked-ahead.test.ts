import { describe, expect, it } from "vitest";
import { AskedAhead } from "../../../src/store/transfer/asked-ahead.ts";

const MIB = 1024 * 1024;

/** What is asked ahead after a second in which so many bytes came each millisecond. */
function afterASecond(roundTrip: number, rate: number, firstAnswer = roundTrip): number {
  const ahead = new AskedAhead(roundTrip);
  ahead.asks(0);
  for (let now = firstAnswer; now < firstAnswer + 1000; now++) ahead.arrived(rate, now);
  return ahead.bytes;
}

describe("what a connection asks for ahead", () => {
  it("is a few round trips of what passes, within limits", () => {
    expect(afterASecond(0.2, 500_000)).toBe(2 * MIB);
    expect(afterASecond(80, 5000)).toBe(2 * MIB);
    expect(afterASecond(80, 25_000)).toBeCloseTo(6e6, -5);
    expect(afterASecond(200, 100_000)).toBe(12 * MIB);
  });

  it("believes the first answer where logging in took long", () => {
    expect(afterASecond(80, 500_000, 0.3)).toBe(2 * MIB);
  });
});
