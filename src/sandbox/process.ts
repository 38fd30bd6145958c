/**
 * The sandbox as a process of its own: opens a region, tells its parent where it is, and closes it on SIGTERM.
 * Options come from the environment: BERTOPS_SANDBOX_PORT, _REGION, _ISOLATION, _FAST, and _REACH (`jump`: instances are
 * reached through a jump host, as on macOS).
 */
import path from "node:path";
import { openHosts } from "./hosts/open-hosts.ts";
import { openRegion } from "./open-region.ts";
import { DEFAULT_TIMINGS, FAST_TIMINGS } from "./timings.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("the sandbox's process takes its directory as its one argument");

// A stack says nothing to whoever started the sandbox: the last line of its log is why it did not open.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.stack ?? ""}\n${error.message.split("\n")[0] ?? ""}\n`);
  process.exit(1);
});

// Whoever started it is gone before it could be told where the sandbox is: then nobody would ever find it.
let told = false;
process.once("disconnect", () => {
  if (!told) process.kill(process.pid, "SIGKILL");
});

const timings = process.env["BERTOPS_SANDBOX_FAST"] === "1" ? FAST_TIMINGS : DEFAULT_TIMINGS;
const sandbox = await openRegion({
  directory: path.join(directory, "region"),
  name: process.env["BERTOPS_SANDBOX_REGION"] ?? "us-east-1",
  port: Number(process.env["BERTOPS_SANDBOX_PORT"] ?? 0),
  timings,
  openHosts: (options) =>
    openHosts({
      ...options,
      consoleDelay: timings.console,
      ...(process.env["BERTOPS_SANDBOX_REACH"] === "jump" ? { reach: "jump" } : {}),
    }),
});

let closing = false;
const close = (): void => {
  if (closing) return;
  closing = true;
  sandbox.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
};
process.on("SIGTERM", close);
process.on("SIGINT", close);
// A terminal that closes must not take the region with it: it was started to stay.
process.on("SIGHUP", () => {});

const { region } = sandbox;
const { jump } = region.hosts;
told = true;
process.send?.({
  pid: process.pid,
  endpoint: region.endpoint,
  region: region.name,
  isolation: region.hosts.isolation,
  accessKeyId: sandbox.accessKeyId,
  secretAccessKey: sandbox.secretAccessKey,
  sshPort: region.hosts.sshPort,
  ...(jump === undefined
    ? {}
    : { jump: { address: jump.address, port: jump.port, hostKeys: jump.hostKeys } }),
});
