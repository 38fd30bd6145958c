import { randomBytes } from "node:crypto";
import { EXIT, UserError } from "../errors.ts";
import type { StoreHost } from "./host.ts";
import { isGone, markOf } from "./own-process.ts";
import { pause } from "./pause.ts";
import { HEARTBEAT, LOCK, UNLOCK } from "./scripts/lock.ts";

/** What a lock says about who holds it. */
export interface LockHolder {
  readonly owner: string;
  readonly host: string;
  readonly since: string;
}

/** A lock that this process holds. */
export interface HeldLock {
  /** Rejects as soon as somebody broke the lock; never resolves. Work under the lock is raced against it. */
  readonly broken: Promise<never>;
  /** What the lock's file holds, so that a script can tell that it is still ours. */
  readonly token: string;
  /** A script gave it back already. */
  released(): void;
  release(): Promise<void>;
}

export interface LockOptions {
  readonly root: string;
  readonly model: string;
  readonly holder: LockHolder;
  readonly signal: AbortSignal;
  /** Milliseconds to wait for another holder; 0 to give up at once. */
  readonly wait: number;
  /** Called once when the wait begins. */
  readonly onWait?: (holder: string) => void;
}

const HEARTBEAT_MS = 20_000;
const POLL_MS = 2000;

/** What a holder writes into the lock, and the token that tells it from all others. */
export interface LockRequest {
  readonly token: string;
  readonly text: string;
}

/** Makes a request of this process. */
export function requestLock(holder: LockHolder): LockRequest {
  const token = randomBytes(12).toString("hex");
  return { token, text: JSON.stringify({ ...markOf(), ...holder, token }) };
}

/** The answer of a host to a request that was granted. */
export const LOCKED = "locked";

/** A request that was made of a host already, and its answer. */
export interface LockAttempt {
  readonly request: LockRequest;
  readonly answer: string | undefined;
}

/** Takes the lock of one model, or goes on from an attempt to. Other models of the store are not concerned. */
export async function takeLock(
  host: StoreHost,
  options: LockOptions,
  attempt?: LockAttempt,
): Promise<HeldLock> {
  const { root, model, holder, signal } = options;
  const { token, text } = attempt?.request ?? requestLock(holder);
  const deadline = Date.now() + options.wait;
  let waited = false;
  let known = attempt?.answer;
  for (;;) {
    const answer = known ?? (await host.run(LOCK, [root, model, token, text], { signal })).stdout;
    known = undefined;
    const [state = "", ...rest] = answer.split("\n");
    if (state === LOCKED) break;
    if (!state.startsWith("held")) throw denied(host.label, `${root}/${model}`);
    const held = rest.join("\n");
    const stale = state === "held stale";
    const dead = tokenOfDead(held, holder, stale);
    if (dead !== undefined) {
      await host.run(UNLOCK, [root, model, dead], { signal });
      continue;
    }
    const other = describeHolder(held);
    if (Date.now() >= deadline) throw lockHeld(model, other, stale);
    if (!waited) options.onWait?.(other);
    waited = true;
    await pause(Math.min(POLL_MS, Math.max(100, deadline - Date.now())), signal);
  }
  return hold(host, root, model, token);
}

/** Gives a lock back if it is the one with this token. */
export async function giveBack(
  host: StoreHost,
  { root, model }: Pick<LockOptions, "root" | "model">,
  { token }: Pick<LockRequest, "token">,
): Promise<void> {
  await host.run(UNLOCK, [root, model, token], { timeout: 15_000 });
}

/** Takes a lock away from whoever holds it; undefined where there was none. */
export async function breakLock(host: StoreHost, root: string, model: string): Promise<string | undefined> {
  const { code, stdout } = await host.run(UNLOCK, [root, model, "any"]);
  if (code !== 0) throw denied(host.label, `${root}/${model}/.lock`);
  return stdout.trim() === "free" ? undefined : describeHolder(stdout);
}

/** `ana on laptop, since 2026-11-22T08:15:00Z`. */
export function describeHolder(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (
      typeof value === "object" &&
      value !== null &&
      "owner" in value &&
      "host" in value &&
      "since" in value
    )
      return `${String(value.owner)} on ${String(value.host)}, since ${String(value.since)}`;
  } catch {
    // Written by hand, or damaged: shown as it is.
  }
  return text.trim().slice(0, 100) || "somebody";
}

/**
 * The token of a lock that a process of the same person on this very machine held, if that process is no more: its own
 * successor may take it. Locks of other machines are broken only on request.
 */
export function tokenOfDead(text: string, own: LockHolder, stale: boolean): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    if (!("owner" in value && "host" in value && "pid" in value && "token" in value)) return undefined;
    const { owner, host, pid, token } = value;
    if (owner !== own.owner || host !== own.host || typeof pid !== "number" || typeof token !== "string")
      return undefined;
    if (!/^[0-9a-f]{24}$/u.test(token)) return undefined;
    const word = (name: string): string | undefined => {
      const found: unknown = Reflect.get(value, name);
      return typeof found === "string" ? found : undefined;
    };
    const marks = ["began", "boot", "space", "machineId"].flatMap((name) => {
      const found = word(name);
      return found === undefined ? [] : [[name, found]];
    });
    return isGone({ pid, ...Object.fromEntries(marks) }, stale) ? token : undefined;
  } catch {
    return undefined;
  }
}

function hold(host: StoreHost, root: string, model: string, token: string): HeldLock {
  let timer: NodeJS.Timeout | undefined;
  const broken = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      host.run(HEARTBEAT, [root, model, token]).then(
        ({ code }) => {
          if (code === 3) reject(lockBroken(model));
        },
        // A lost connection is noticed by whatever else uses it.
        () => undefined,
      );
    }, HEARTBEAT_MS);
    timer.unref();
  });
  broken.catch(() => undefined);
  let held = true;
  return {
    broken,
    token,
    released() {
      held = false;
      clearInterval(timer);
    },
    async release() {
      clearInterval(timer);
      if (!held) return;
      await giveBack(host, { root, model }, { token });
    },
  };
}

function lockHeld(model: string, other: string, stale: boolean): UserError {
  return new UserError({
    reason: "lock-held",
    message: `The store of ${model} is locked by ${other}${stale ? "; that process has not shown itself for over two minutes" : ""}.`,
    hint: stale
      ? "If it is gone, break the lock and run the same command again: what was sent is kept."
      : "Wait for it with --wait, or break the lock if its holder is gone.",
    next: [`bertops models unlock --model ${model}`],
    exitCode: EXIT.retry,
  });
}

/** The lock is not ours any more. */
export function lockBroken(model: string): UserError {
  return new UserError({
    reason: "lock-broken",
    message: `Somebody broke the lock on ${model} while this command was at work; it stopped before publishing.`,
    hint: "Agree on who goes first, then run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}

/** What is known of a place that cannot be written. */
export interface Denial {
  readonly user: string;
  /** `root:root drwxr-xr-x`. */
  readonly owner: string;
  /** What the system said. */
  readonly refused: string;
}

/** The login user may not write where it must, or nobody may. */
export function denied(label: string, place: string, known?: Denial): UserError {
  const readOnly = known !== undefined && /read-only/iu.test(known.refused);
  const user = known === undefined || known.user === "" ? "USER" : known.user;
  const who = user === "USER" ? "The login user" : user;
  const why = known === undefined || known.owner === "" ? "" : `: it belongs to ${known.owner}`;
  return new UserError({
    reason: "store-denied",
    message: readOnly
      ? `${place} on ${label} is on a file system that is mounted read-only.`
      : `${who} may not write ${place} on ${label}${why}.`,
    hint: readOnly
      ? "Mount it so that it can be written, then run the same command again."
      : `The store must belong to the SSH user: \`bertops mount-efs\` sees to that, or on the host: sudo chown -R ${user} '${place}'`,
    next: [readOnly ? "bertops mount-efs --check" : "bertops mount-efs"],
    exitCode: EXIT.denied,
  });
}
