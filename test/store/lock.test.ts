import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { describeHolder, tokenOfDead } from "../../src/store/lock.ts";

describe("a lock", () => {
  const own = { owner: "ana", host: "laptop", since: "2026-11-22T08:15:00Z" };
  const token = "0123456789abcdef01234567";
  const { pid } = spawnSync(process.execPath, ["-e", ""]);

  it("is given up for dead only when its process was on this machine and is no more", () => {
    expect(tokenOfDead(JSON.stringify({ ...own, pid, token }), own)).toBe(token);
    expect(tokenOfDead(JSON.stringify({ ...own, pid: process.pid, token }), own)).toBeUndefined();
    expect(tokenOfDead(JSON.stringify({ ...own, host: "desk", pid, token }), own)).toBeUndefined();
    expect(tokenOfDead(JSON.stringify({ ...own, owner: "eve", pid, token }), own)).toBeUndefined();
    expect(tokenOfDead(JSON.stringify({ ...own, pid, token: "any" }), own)).toBeUndefined();
    expect(tokenOfDead("{", own)).toBeUndefined();
  });

  it("says who holds it, even when it is damaged", () => {
    expect(describeHolder(JSON.stringify(own))).toBe("ana on laptop, since 2026-11-22T08:15:00Z");
    expect(describeHolder("scribble\n")).toBe("scribble");
    expect(describeHolder("")).toBe("somebody");
  });
});
