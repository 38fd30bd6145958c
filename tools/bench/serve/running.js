/** Starts a service, waits for its first answer, ends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { ask } from "./ask.js";
import { megabytesWithFiles, sharedMegabytes } from "./memory.js";

/**
 * A service that answers.
 * @typedef {object} Running
 * @property {number} port
 * @property {number} pid
 * @property {number} startSeconds from its start to its first answer
 * @property {() => Promise<number>} megabytes
 * @property {() => string} output what it wrote
 */

/** One short text: what a service is asked until it answers. @type {import("./workloads.js").Workload} */
const PROBE = {
  name: "probe",
  what: "",
  clients: 1,
  seconds: 1,
  requests: 1,
  question: () => ({ target: "aaaa", texts: [] }),
};

// A benchmark that is told to stop ends what it started: it would disturb the next one.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * @template T
 * @param {(port: number) => { command: readonly string[], variables: Record<string, string> }} how
 * @param {(running: Running) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withService(how, use) {
  const port = await freePort();
  const { command, variables } = how(port);
  const [program = "", ...args] = command;
  const before = await sharedMegabytes();
  const begun = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "inherit"],
    // Nobody tells ONNX Runtime's maker what it runs, which takes time: the service doesn't, so its peers don't either.
    env: { ORT_DISABLE_TELEMETRY: "1", ...process.env, PORT: String(port), ...variables },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let output = "";
  child.stdout.on("data", (chunk) => (output = (output + String(chunk)).slice(-1e6)));
  const exited = once(child, "exit");
  try {
    while ((await ask(port, PROBE)).failed > 0) {
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended with ${child.exitCode}`);
      await pause(10);
    }
    const startSeconds = (performance.now() - begun) / 1000;
    const pid = child.pid ?? 0;
    // Models are loaded by now; what others put there later is theirs.
    const files = (await sharedMegabytes()) - before;
    return await use({
      port,
      pid,
      startSeconds,
      megabytes: () => megabytesWithFiles(pid, files),
      output: () => output,
    });
  } finally {
    child.kill("SIGTERM");
    await Promise.race([exited, pause(5000)]);
    kill();
    process.off("exit", kill);
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
