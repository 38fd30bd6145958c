import type { Outcome } from "./host.ts";
import { run } from "./run.ts";

/** Runs shell texts as root on a host, over OpenSSH's client and not over what is tested; `before` are words in front, as nsenter. */
export function rootShell(
  identity: string,
  address: string,
  port: number,
  before: readonly string[] = [],
  limit = 60_000,
  user = "root",
): (script: string) => Promise<Outcome> {
  return (script) =>
    run(
      [
        ...before,
        "ssh",
        "-F",
        "none",
        "-i",
        identity,
        "-p",
        String(port),
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
        "-o",
        "ConnectTimeout=10",
        `${user}@${address}`,
        "sh -s",
      ],
      { input: script, limit },
    );
}
