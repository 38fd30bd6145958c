/**
 * Where a benchmark's packets go: over this machine's loopback, or over an emulated long link between two network
 * namespaces of the benchmark's own (needs root; see ../link/link.c).
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/**
 * @typedef {object} Network
 * @property {string} address where the far side listens
 * @property {readonly string[]} near the words in front of a command that runs on the near side
 * @property {readonly string[]} far the same for the far side
 * @property {() => Promise<void>} close
 */

/** @returns {Network} */
export function loopback() {
  return { address: "127.0.0.1", near: [], far: [], close: async () => {} };
}

/** How Linux, macOS and Windows send unless they are told otherwise. */
const USUAL_CONGESTION_CONTROL = "cubic";

/**
 * Opens a link of `settings` (see link.c): `{rate: 200, delay: 40, loss: 0.01}`.
 * @param {Readonly<Record<string, number>>} settings
 * @param {string} work a directory for the compiled program
 * @param {string} [congestionControl] of both sides' TCP, whatever this machine's own default is; one that the kernel has
 * @returns {Promise<Network>}
 */
export async function longLink(settings, work, congestionControl = USUAL_CONGESTION_CONTROL) {
  const program = path.join(work, "link");
  execFileSync("cc", ["-O2", "-o", program, path.join(import.meta.dirname, "../link/link.c"), "-lm"]);
  const tag = process.pid.toString(36);
  const spaces = { near: `near-${tag}`, far: `far-${tag}` };
  for (const space of Object.values(spaces)) execFileSync("ip", ["netns", "add", space]);
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const addresses = { near: "10.77.0.1", far: "10.77.0.2" };
  const ends = [`${spaces.near}=${addresses.near}`, `${spaces.far}=${addresses.far}`];
  const link = spawn(program, [...ends, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  await once(link.stdout, "data");
  // By the route: a namespace's own default may only be what the machine lets everybody use.
  for (const [side, other] of /** @type {const} */ ([
    ["near", "far"],
    ["far", "near"],
  ])) {
    const route = [addresses[other], "dev", "wan0", "src", addresses[side], "congctl", congestionControl];
    execFileSync("ip", ["-n", spaces[side], "route", "replace", ...route]);
  }
  return {
    address: addresses.far,
    near: ["ip", "netns", "exec", spaces.near],
    far: ["ip", "netns", "exec", spaces.far],
    close: async () => {
      link.kill("SIGTERM");
      if (link.exitCode === null) await once(link, "exit");
      for (const space of Object.values(spaces)) execFileSync("ip", ["netns", "del", space]);
    },
  };
}
