import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { type MountParameters, mountScript } from "../../plan/mount-script.ts";
import { mountFailure } from "../../plan/mount-script/failures.ts";
import type { Connection } from "../../ssh/connection.ts";
import { runAsRoot } from "../hosts/as-root.ts";
import type { SudoPasswords } from "../hosts/sudo-passwords.ts";
import { connectPatiently, type HostAccess } from "../hosts/host-access.ts";
import { withPackage } from "./with-package.ts";

/** What came of a host. */
export interface MountedHost {
  readonly id: string;
  readonly host: string;
  /** `unmounted` and `not-mounted` (nothing was there) come of an unmount alone. */
  readonly state: "mounted" | "already-mounted" | "unmounted" | "not-mounted" | "failed";
  /** `written`, `removed`, `unchanged` or `missing`; empty where it was not looked at. */
  readonly fstab: string;
  /** Its line in fstab; empty where there is none. */
  readonly fstabLine: string;
  /** The options that the kernel shows. */
  readonly options: string;
  /** The id of the file system that is mounted there. */
  readonly fileSystem: string;
  /** The unit that mounts after a boot: `written`, `unchanged`, `removed`, `missing`, or `none` where there is no systemd. */
  readonly boot: string;
  /** The exit code of the script, or 0 where it was not run. */
  readonly code: number;
  /** Only where it failed. */
  readonly reason?: string;
  readonly message?: string;
  readonly remedy?: string;
  /** The command to type next. */
  readonly next?: string;
  /** What was thrown, where the host could not be reached at all. */
  readonly error?: UserError;
}

export interface MountHostOptions {
  readonly parameters: MountParameters;
  /** A package's file on this machine, which is sent to the hosts that lack the mount helper. */
  readonly packageFile?: string;
  /** Milliseconds for which a host that is still booting is waited for. */
  readonly wait: number;
  /** Milliseconds for all of it; taking back what was changed may take a minute more. Default 15 minutes. */
  readonly limit?: number;
  /** For hosts where sudo asks. */
  readonly passwords?: SudoPasswords;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Milliseconds that a host has for all of it, where nobody says. */
const DEFAULT_LIMIT = 900_000;
/** Milliseconds for taking back what a run had changed when its time was up. */
const UNDOING = 70_000;

/** Runs the mount script on one host, as root, and says what came of it. Never rejects for the host's own faults. */
export async function mountHost(access: HostAccess, options: MountHostOptions): Promise<MountedHost> {
  const { emit, signal } = options;
  const { mode = "mount" } = options.parameters;
  const label = `${mode} ${access.id}`;
  const deadline = Date.now() + (options.limit ?? DEFAULT_LIMIT);
  const step = { type: "step", id: `mount ${access.id}`, label } as const;
  emit({ ...step, state: "started" });
  try {
    const connection = await connectPatiently(access, {
      wait: options.wait,
      signal,
      onWait: () => emit({ type: "detail", message: `${access.id} does not answer yet; trying again` }),
    });
    try {
      const result = await withPackage(connection, options, (parameters) =>
        runScript(connection, access, { ...options, parameters, limit: deadline - Date.now() }),
      );
      const detail =
        result.message ??
        (result.options === "" ? result.state : `${result.fileSystem}, fstab ${result.fstab}`);
      emit({ ...step, state: STEP_STATES[result.state], detail });
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
      ...(error.next[0] === undefined ? {} : { next: error.next[0] }),
      error,
    };
  }
}

const STEP_STATES = {
  mounted: "done",
  unmounted: "done",
  "already-mounted": "unchanged",
  "not-mounted": "unchanged",
  failed: "failed",
} as const;

async function runScript(
  connection: Connection,
  access: HostAccess,
  options: MountHostOptions & { readonly limit: number },
): Promise<MountedHost> {
  const { parameters, emit, signal } = options;
  const limit = Math.max(options.limit, 1000);
  // Logging in took its part of the time: what is waited for still leaves a fifth to say what it did not come to.
  const longest = Math.ceil((limit / 1000) * 0.8);
  const { code, stdout, stderr } = await runAsRoot(connection, {
    user: access.user,
    id: access.id,
    passwords: options.passwords,
    script: mountScript({
      owner: access.user,
      ...parameters,
      ...(parameters.wait === undefined ? {} : { wait: Math.min(parameters.wait, longest) }),
      limit: Math.ceil(limit / 1000),
    }),
    // The script keeps to its limit by itself; what does not end even then is a host that hangs.
    timeout: limit + UNDOING,
    signal,
    onLine(line) {
      const said = /^bertops: (?<text>.*)$/u.exec(line)?.groups?.["text"];
      if (said !== undefined) emit({ type: "detail", message: `${access.id}: ${said}` });
    },
  });
  const result = parseResult(stdout);
  if (result === undefined) {
    throw new UserError({
      reason: "mount-failed",
      message: `The mount script did not finish on ${access.id} (exit code ${code}): ${(stderr || stdout).trim().slice(-300)}`,
      hint: "Run it by hand to see more: bertops mount-efs --dry-run prints it.",
      next: ["bertops mount-efs --verbose"],
    });
  }
  const { message, reason, remedy, ...facts } = result;
  const host: MountedHost = { id: access.id, host: access.host, ...facts, code };
  if (result.state !== "failed") return host;
  const next = mountFailure(reason)?.next;
  return { ...host, reason, message, remedy, ...(next === undefined ? {} : { next }) };
}

interface ScriptResult {
  readonly state: MountedHost["state"];
  readonly fstab: string;
  readonly fstabLine: string;
  readonly options: string;
  readonly fileSystem: string;
  readonly boot: string;
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}

const STATES = ["mounted", "already-mounted", "unmounted", "not-mounted", "failed"] as const;

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
    const state = STATES.find((one) => one === text("state"));
    if (state === undefined) return undefined;
    return {
      state,
      fstab: text("fstab"),
      fstabLine: text("fstabLine"),
      options: text("options"),
      fileSystem: text("fileSystem"),
      boot: text("boot"),
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
  return {
    id,
    host,
    state: "failed",
    fstab: "",
    fstabLine: "",
    options: "",
    fileSystem: "",
    boot: "",
    code: 0,
  };
}
