import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { describeHolder, tokenOfDead } from "../../src/store/lock.ts";
import { markOf } from "../../src/store/own-process.ts";

describe("a lock", () => {
  const own = { owner: "ana", host: "laptop", since: "2026-11-22T08:15:00Z" };
  const token = "0123456789abcdef01234567";
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const gone = { ...own, ...markOf(), pid, token };
  const alive = { ...own, ...markOf(), token };
  const dead = (text: unknown, stale = false): string | undefined =>
    tokenOfDead(typeof text === "string" ? text : JSON.stringify(text), own, stale);

  it("is given up for dead only when its process was on this machine and is no more", () => {
    expect(dead(gone)).toBe(token);
    expect(dead(alive)).toBeUndefined();
    expect(dead({ ...gone, host: "desk" })).toBeUndefined();
    expect(dead({ ...gone, owner: "eve" })).toBeUndefined();
    expect(dead({ ...gone, token: "any" })).toBeUndefined();
    expect(dead("{")).toBeUndefined();
  });

  it.skipIf(markOf().boot === undefined)("is not taken for a number that another process was given", () => {
    // The same number, begun at another time: it is not the one that took the lock.
    expect(dead({ ...alive, began: "1" })).toBe(token);
    // A container's numbers mean nothing here.
    expect(dead({ ...gone, space: "pid:[1]" })).toBeUndefined();
    // Another machine of this name, or this one before it was restarted: only one that is silent too is believed to be gone.
    expect(dead({ ...gone, boot: "another" })).toBeUndefined();
    expect(dead({ ...gone, boot: "another", machineId: "this" }, true)).toBeUndefined();
    const { machineId } = markOf();
    expect(dead({ ...gone, boot: "another" }, true)).toBe(machineId === undefined ? undefined : token);
  });

  it("says who holds it, even when it is damaged", () => {
    expect(describeHolder(JSON.stringify(own))).toBe("ana on laptop, since 2026-11-22T08:15:00Z");
    expect(describeHolder("scribble\n")).toBe("scribble");
    expect(describeHolder("")).toBe("somebody");
  });
});
