import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { type MountParameters, mountScript } from "../../plan/mount-script.ts";
import type { Connection } from "../../ssh/connection.ts";
import { quote } from "../../ssh/quote.ts";
import { connectPatiently, type HostAccess } from "../hosts/host-access.ts";

/** What came of a host. */
export interface MountedHost {
  readonly id: string;
  readonly host: string;
  readonly state: "mounted" | "already-mounted" | "failed";
  /** `written` or `unchanged`; empty where it was not reached. */
  readonly fstab: string;
  /** Its line in fstab; empty where there is none. */
  readonly fstabLine: string;
  /** The options that the kernel shows. */
  readonly options: string;
  /** The id of the file system that is mounted there. */
  readonly fileSystem: string;
  /** Only where it failed. */
  readonly reason?: string;
  readonly message?: string;
  readonly remedy?: string;
  /** What was thrown, where the host could not be reached at all. */
  readonly error?: UserError;
}

export interface MountHostOptions {
  readonly parameters: MountParameters;
  /** Where the store is, which the login user must be able to write afterwards. */
  readonly modelsRoot: string;
  /** Milliseconds for which a host that is still booting is waited for. */
  readonly wait: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Runs the mount script on one host, as root, and says what came of it. Never rejects for the host's own faults. */
export async function mountHost(access: HostAccess, options: MountHostOptions): Promise<MountedHost> {
  const { emit, signal } = options;
  const label = `${options.parameters.mode === "check" ? "check" : "mount"} ${access.id}`;
  const step = { type: "step", id: `mount ${access.id}`, label } as const;
  emit({ ...step, state: "started" });
  try {
    const connection = await connectPatiently(access, {
      wait: options.wait,
      signal,
      onWait: () => emit({ type: "detail", message: `${access.id} does not answer yet; trying again` }),
    });
    try {
      const result = await runScript(connection, access, options);
      const detail =
        result.message ??
        (result.options === "" ? result.state : `${result.fileSystem}, fstab ${result.fstab}`);
      emit({
        ...step,
        state: result.state === "mounted" ? "done" : result.state === "failed" ? "failed" : "unchanged",
        detail,
      });
      return result;
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!(error instanceof UserError) || signal.aborted) throw error;
    emit({ ...step, state: "failed", detail: error.message });
    return {
      ...failed(access),
      reason: error.reason,
      message: error.message,
      ...(error.hint === undefined ? {} : { remedy: error.hint }),
      error,
    };
  }
}

/** Root runs it as it is; others through sudo. The text comes over standard input, so no argument shows it. */
const AS_ROOT = `sh -c ${quote('if [ "$(id -u)" = 0 ]; then exec sh -s; else exec sudo -n sh -s; fi')}`;

async function runScript(
  connection: Connection,
  access: HostAccess,
  options: MountHostOptions,
): Promise<MountedHost> {
  const { parameters, emit, signal } = options;
  const { wait = 180, mountLimit = 90 } = parameters;
  const { code, stdout, stderr } = await connection.exec(AS_ROOT, {
    stdin: mountScript({ owner: access.user, ...parameters }),
    // Three tries of a package manager, the wait, the last mount, and what verifies it.
    timeout: (wait + mountLimit + 1000) * 1000,
    signal,
    onLine(line) {
      const said = /^bertops: (?<text>.*)$/u.exec(line)?.groups?.["text"];
      if (said !== undefined) emit({ type: "detail", message: `${access.id}: ${said}` });
    },
  });
  const result = parseResult(stdout);
  if (result === undefined) {
    if (/sudo: .*(?:password|tty|terminal)/iu.test(stderr)) throw needsPassword(access);
    throw new UserError({
      reason: "mount-failed",
      message: `The mount script did not finish on ${access.id} (exit code ${code}): ${(stderr || stdout).trim().slice(-300)}`,
      hint: "Run it by hand to see more: bertops mount-efs --dry-run prints it.",
      next: ["bertops mount-efs --verbose"],
    });
  }
  const mounted: MountedHost = {
    id: access.id,
    host: access.host,
    state: result.state,
    fstab: result.fstab,
    fstabLine: result.fstabLine,
    options: result.options,
    fileSystem: result.fileSystem,
  };
  if (result.state === "failed")
    return { ...mounted, reason: result.reason, message: result.message, remedy: result.remedy };
  const writable = await connection.exec(`test -w ${quote(options.modelsRoot)}`, { timeout: 20_000, signal });
  if (writable.code === 0) return mounted;
  return {
    ...mounted,
    state: "failed",
    reason: "store-not-writable",
    message: `${access.user} may not write ${options.modelsRoot}`,
    remedy: "See the access point's user and the file system's policy: models are pushed as this user.",
  };
}

interface ScriptResult {
  readonly state: MountedHost["state"];
  readonly fstab: string;
  readonly fstabLine: string;
  readonly options: string;
  readonly fileSystem: string;
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}

/** The script's last word: `bertops-result: {json}`. */
export function parseResult(output: string): ScriptResult | undefined {
  const line = output.split("\n").findLast((one) => one.startsWith("bertops-result: "));
  if (line === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice("bertops-result: ".length));
    if (typeof value !== "object" || value === null) return undefined;
    const fields = new Map<string, unknown>(Object.entries(value));
    const text = (name: string): string => {
      const field = fields.get(name);
      return typeof field === "string" ? field : "";
    };
    const state = text("state");
    if (state !== "mounted" && state !== "already-mounted" && state !== "failed") return undefined;
    return {
      state,
      fstab: text("fstab"),
      fstabLine: text("fstabLine"),
      options: text("options"),
      fileSystem: text("fileSystem"),
      reason: text("reason"),
      message: text("message"),
      remedy: text("remedy"),
    };
  } catch {
    return undefined;
  }
}

function failed(access: HostAccess): MountedHost {
  const { id, host } = access;
  return { id, host, state: "failed", fstab: "", fstabLine: "", options: "", fileSystem: "" };
}

function needsPassword(access: HostAccess): UserError {
  return new UserError({
    reason: "sudo-password",
    message: `${access.user} on ${access.id} needs a password for sudo, and mounting needs root.`,
    hint: "Log in as root, or let this user run sudo without a password.",
    exitCode: EXIT.denied,
  });
}
