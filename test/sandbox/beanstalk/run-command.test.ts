import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { runCommand } from "../../../src/sandbox/beanstalk/instance/run-command.ts";
import type { Host } from "../../../src/sandbox/hosts/host.ts";

/** Keeps this process from looking at anything, as other work does on a busy machine. */
function beBusy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/**
 * All that a command needs of a host: its programs run on this machine. While this process is busy with what one command
 * said, another ends; its end is noticed together with the first one's, and before its output.
 */
const host = {
  spawn: ([program, ...words]: readonly [string, ...string[]]) => {
    const child = spawn(program, words);
    queueMicrotask(() => {
      if (words.join(" ").includes("loud")) child.stdout.once("data", () => beBusy(80));
      else child.once("exit", () => beBusy(40));
    });
    return child;
  },
} as unknown as Host;

const options = { user: "root", cwd: "/", env: {}, signal: new AbortController().signal } as const;

test("a command's whole output is kept, however late this process looks", async () => {
  for (let round = 0; round < 20; round += 1) {
    const [, { code, output }] = await Promise.all([
      runCommand(host, ["/bin/sh", "-c", "echo loud"], options),
      runCommand(host, ["/bin/sh", "-c", "sleep 0.03; echo first; echo sécond >&2; exit 3"], options),
    ]);
    expect([code, output.split("\n").toSorted()]).toEqual([3, ["", "first", "sécond"]]);
  }
});

test("a daemon that a command leaves behind is not waited for, silent or loud", async () => {
  for (const daemon of ["sleep 60", "yes"]) {
    const { code, output } = await runCommand(host, ["/bin/sh", "-c", `${daemon} & echo =$!=`], options);
    const [, pid] = /=(\d+)=/u.exec(output) ?? [];
    expect([code, Number(pid)]).toEqual([0, expect.any(Number)]);
    process.kill(Number(pid));
  }
});
