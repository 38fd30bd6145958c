/** Runs a command and tells how long it took, on the clock and on the processor. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * @typedef {object} Measurement
 * @property {number} seconds on the clock
 * @property {number} cpuSeconds user and system time of the command and its children
 * @property {number} serverCpuSeconds the same for the server's sessions and what they ran
 * @property {number} peakMegabytes the largest resident set that any one of its processes had
 * @property {number} [loopDelay] milliseconds for which a Node.js event loop stood still at most
 */

/**
 * Runs a command and says on stderr what it and its children took, from the kernel's books: whoever looked every now and then would
 * take time from what is measured. A largest resident set is in kilobytes, on Linux.
 */
const MEASURE = `
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write("\\nbench-measured %.3f %.3f %d\\n" % (wall, used.ru_utime + used.ru_stime, used.ru_maxrss))
sys.exit(code)
`;

/**
 * @param {readonly string[]} argv
 * @param {{ limitSeconds: number, server: import("./ssh-server.js").SshServer, environment?: Record<string, string> }} options
 * @returns {Promise<Measurement>}
 */
export async function measure(argv, { limitSeconds, server, environment = {} }) {
  const before = await server.cpuSeconds();
  // What whoever measures has Node.js do at each start, read further certificates say, is no part of the command.
  const usual = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_")));
  const words = ["-c", MEASURE, "timeout", String(limitSeconds), ...argv];
  const child = spawn("python3", words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...usual, ...environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const [code] = await once(child, "close");
  const measured = /bench-measured ([\d.]+) ([\d.]+) (\d+)/.exec(stderr);
  if (measured === null || code !== 0)
    throw new Error(
      `${argv.join(" ")} ended with code ${code}:\n${stderr.slice(-2000)}${stdout.slice(-2000)}`,
    );
  return {
    seconds: Number(measured[1]),
    cpuSeconds: Number(measured[2]),
    serverCpuSeconds: (await server.cpuSeconds()) - before,
    peakMegabytes: Math.round(Number(measured[3]) / 1024),
  };
}
