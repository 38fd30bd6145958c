import { UserError } from "../../errors.ts";
import type { ConnectOptions } from "../../ssh/connect.ts";
import type { Connection } from "../../ssh/connection.ts";
import { pause } from "../pace.ts";

/** A host that can be logged in to: an instance of the environment, or one that `--host` names. */
export interface HostAccess {
  /** The instance's id, or the word after `--host`. */
  readonly id: string;
  /** Its address. */
  readonly host: string;
  /** Who logs in. */
  readonly user: string;
  /** When it was launched, where that is known: a host that still boots refuses what it will take in a minute. */
  readonly launchedAt?: Date | undefined;
  /** Logs in, with the host's key verified. Every call is a new connection. */
  connect(signal: AbortSignal, login?: Login): Promise<Connection>;
}

/** What else there is to a login. */
export type Login = Pick<ConnectOptions, "onAsked" | "onRoundTrip" | "after">;

export interface Patience extends Pick<Login, "onAsked" | "onRoundTrip"> {
  /** Milliseconds for which a host that does not answer yet is asked again. */
  readonly wait: number;
  readonly signal: AbortSignal;
  /** Called once, when the first try failed. */
  readonly onWait?: (why: UserError) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A host is booting for this long after its launch. */
const BOOTING_MS = 300_000;
/** What a host that boots answers before its users and keys are there, or before EC2 calls it running. */
const NOT_YET = new Set(["ssh-denied", "aws-refused", "no-address"]);

/** Logs in to a host that may still be booting: asks again, with growing pauses, while it cannot be reached, and for nothing else. */
export async function connectPatiently(access: HostAccess, patience: Patience): Promise<Connection> {
  const { wait: limit, signal, onWait, ...login } = patience;
  const deadline = Date.now() + limit;
  for (let attempt = 0; ; attempt++) {
    try {
      return await access.connect(signal, login);
    } catch (error) {
      const wait = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
      const again = error instanceof UserError && comesLater(error, access.launchedAt);
      if (!again || Date.now() + wait > deadline || signal.aborted) throw error;
      if (attempt === 0) onWait?.(error);
      await pause(wait, signal);
    }
  }
}

function comesLater({ reason }: UserError, launchedAt: Date | undefined): boolean {
  if (reason === "ssh-unreachable" || reason === "connection-lost") return true;
  const boots = launchedAt !== undefined && Date.now() - launchedAt.getTime() < BOOTING_MS;
  return boots && NOT_YET.has(reason);
}
