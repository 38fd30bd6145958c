import { spawn } from "node:child_process";

/** @import { ChildProcess } from "node:child_process" */

/** Short beside what a batch takes, long beside what a signal costs. */
const TURN_MS = 20;

/** Waits for the end of its input, which comes with the end of this process, however that ends. */
const GUARD = 'trap "" INT TERM HUP; read -r _; kill -CONT "$0"';

/**
 * Lets a process stand still every other turn while somebody else needs the cores: two threads that compute together are
 * as slow as the one that has to share its core. A priority would do the same, but only root may take a low one back.
 * @param {ChildProcess} child
 * @param {() => boolean} yields says whether somebody needs the cores now
 * @returns {() => void} ends it; the process goes on
 */
export function takeTurns(child, yields) {
  // Nobody can stop a process of Windows.
  if (process.platform === "win32") return () => {};
  /** @type {ChildProcess | undefined} */
  let guard;
  let guarded = false;
  let stands = false;
  const timer = setInterval(() => {
    if (stands) {
      child.kill("SIGCONT");
      stands = false;
    } else if (yields()) {
      guard ??= startGuard(child, () => (guarded = true));
      if (guarded) stands = child.kill("SIGSTOP");
    }
  }, TURN_MS);
  return () => {
    clearInterval(timer);
    guard?.kill("SIGKILL");
    if (stands) child.kill("SIGCONT");
  };
}

/**
 * Starts what lets a process go on once this one is gone: nobody else would, and then it ends by itself.
 * @param {ChildProcess} child
 * @param {() => void} ready
 */
function startGuard({ pid }, ready) {
  const guard = spawn("/bin/sh", ["-c", GUARD, String(pid)], { stdio: ["pipe", "ignore", "ignore"] });
  guard.once("spawn", ready);
  // Without one nothing is stopped.
  guard.once("error", () => {});
  return guard;
}
