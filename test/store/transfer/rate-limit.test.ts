import { describe, expect, it, vi } from "vitest";
import { rateLimit } from "../../../src/store/transfer/rate-limit.ts";

describe("a rate limit", () => {
  it("lets all connections together pass no more than its rate", async () => {
    vi.useFakeTimers();
    try {
      const limit = rateLimit(1_000_000, new AbortController().signal);
      let passed = 0;
      const connection = async (): Promise<void> => {
        for (;;) {
          await limit.allow(100_000);
          passed += 100_000;
          if (passed > 5_000_000) return;
        }
      };
      for (let count = 0; count < 3; count++) void connection();
      await vi.advanceTimersByTimeAsync(2000);
      expect(passed).toBeGreaterThanOrEqual(2_000_000);
      expect(passed).toBeLessThanOrEqual(2_400_000);
      await vi.advanceTimersByTimeAsync(10_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives up waiting when it is told to stop, and does not exist without a rate", async () => {
    const stop = new AbortController();
    const limit = rateLimit(1000, stop.signal);
    void limit.allow(1_000_000);
    const waiting = limit.allow(1);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(rateLimit(undefined, stop.signal).allow(1e12)).toBeUndefined();
  });
});
