/** Runs a command and tells how long it took, on the clock and on the processor. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readdir } from "node:fs/promises";

/**
 * @typedef {object} Measurement
 * @property {number} seconds on the clock
 * @property {number} cpuSeconds user and system time of the command and its children
 * @property {number} serverCpuSeconds the same for the server's sessions and what they ran
 * @property {number} peakMegabytes the largest resident set that any one of its processes had, as polled
 * @property {number} [loopDelay] milliseconds for which a Node.js event loop stood still at most
 */

/**
 * @param {readonly string[]} argv
 * @param {{ limitSeconds: number, server: import("./ssh-server.js").SshServer, environment?: Record<string, string> }} options
 * @returns {Promise<Measurement>}
 */
export async function measure(argv, { limitSeconds, server, environment = {} }) {
  const before = await server.cpuSeconds();
  const script = 'TIMEFORMAT="bench-time %R %U %S"; time "$@"';
  const child = spawn("bash", ["-c", script, "bash", "timeout", String(limitSeconds), ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  let peak = 0;
  const poll = setInterval(() => {
    void peakResidentSet(child.pid ?? 0).then((kilobytes) => (peak = Math.max(peak, kilobytes)));
  }, 100);
  const [code] = await once(child, "close");
  clearInterval(poll);
  const times = /bench-time ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr);
  if (times === null || code !== 0)
    throw new Error(
      `${argv.join(" ")} ended with code ${code}:\n${stderr.slice(-2000)}${stdout.slice(-2000)}`,
    );
  return {
    seconds: Number(times[1]),
    cpuSeconds: Number(times[2]) + Number(times[3]),
    serverCpuSeconds: (await server.cpuSeconds()) - before,
    peakMegabytes: Math.round(peak / 1024),
  };
}

/**
 * The peak resident set in kilobytes among a process and its descendants.
 * @param {number} root
 */
async function peakResidentSet(root) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  const peaks = new Map();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    peaks.set(Number(name), Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  let peak = 0;
  for (const queue = [root]; queue.length > 0;) {
    const pid = queue.pop() ?? 0;
    peak = Math.max(peak, peaks.get(pid) ?? 0);
    queue.push(...(children.get(pid) ?? []));
  }
  return peak;
}
