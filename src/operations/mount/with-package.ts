import { readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import type { Connection } from "../../ssh/connection.ts";
import type { MountParameters } from "../../plan/mount-script.ts";
import { quote } from "../../ssh/quote.ts";
import type { MountHostOptions } from "./mount-host.ts";

/** Makes a directory that only this login can have made, and writes standard input to the file in it. */
const RECEIVE = `set -e
for each in /sbin/mount.efs /usr/sbin/mount.efs; do [ ! -x "$each" ] || exit 0; done
directory=$(mktemp -d "\${TMPDIR:-/tmp}/bertops.XXXXXX")
chmod 755 "$directory"
cat >"$directory/$1"
printf '%s' "$directory/$1"`;

/** Sends the package's file, if there is one and the host needs it, for as long as the work takes. */
export async function withPackage<T>(
  connection: Connection,
  options: Pick<MountHostOptions, "packageFile" | "parameters" | "signal">,
  work: (parameters: MountParameters) => Promise<T>,
): Promise<T> {
  const { packageFile, parameters, signal } = options;
  const sent = packageFile === undefined ? undefined : await send(packageFile, connection, signal);
  if (sent === undefined) return work(parameters);
  try {
    return await work({ ...parameters, package: sent });
  } finally {
    await connection
      .exec(`rm -rf ${quote(path.posix.dirname(sent))}`, { timeout: 10_000 })
      .catch(() => undefined);
  }
}

/** Sends a package's file to a host that lacks the mount helper. Answers its path there, or undefined where it is not needed. */
async function send(
  packageFile: string,
  connection: Connection,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = path.basename(packageFile);
  const { code, stdout, stderr } = await connection.exec(`sh -c ${quote(RECEIVE)} bertops ${quote(name)}`, {
    stdin: await contentOf(packageFile),
    timeout: 300_000,
    signal,
  });
  if (code === 0) return stdout === "" ? undefined : stdout;
  throw new UserError({
    reason: "package-not-sent",
    message: `${name} could not be written on ${connection.label}: ${stderr.trim().slice(-200)}`,
    hint: "See that /tmp there has space and is writable.",
    next: ["bertops mount-efs"],
  });
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UserError({
      reason: "no-package-file",
      message: `The package ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}
