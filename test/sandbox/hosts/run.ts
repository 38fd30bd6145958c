import { text } from "node:stream/consumers";
import type { Host } from "../../../src/sandbox/hosts/host.ts";

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a shell command inside an instance. */
export async function run(host: Host, command: string, user = "root", input = ""): Promise<Ended> {
  const child = host.spawn(["/bin/sh", "-c", command], { user });
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  const ended = new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve([code, signal]));
  });
  const [out, err, [code, signal]] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    ended,
  ]);
  return { code, signal, out, err };
}
