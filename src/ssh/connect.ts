import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { AnyAuthMethod, Client, NextAuthHandler, ServerHostKeyAlgorithm } from "ssh2";
import { type Connection, wrapClient } from "./connection.ts";
import { connectionError, connectTimeout } from "./connection-error.ts";
import type { Credentials, HostSays, Offer } from "./credentials.ts";
import { SshSocket } from "./ssh-socket.ts";
import { hostKeyFromBlob } from "./host-key.ts";
import { signAtOnce } from "./sign-at-once.ts";
import { timeRoundTrip } from "./round-trip.ts";
import type { SshTarget } from "./target.ts";
import type { HostTrust } from "./trust.ts";

export interface ConnectOptions {
  readonly trust: HostTrust;
  readonly credentials: Credentials;
  readonly signal: AbortSignal;
  /** Milliseconds for one host to answer and log in; default 20,000. Questions to the person don't count. */
  readonly timeout?: number;
  /** Told as soon as it shows how many milliseconds pass from a question to its answer. */
  readonly onRoundTrip?: (milliseconds: number) => void;
  /** Told when the host is asked, from when on there is nothing to do here but to wait for it. */
  readonly onAsked?: () => void;
  /** For one more connection to a host: it offers what this first one was let in with, once it was, and asks nobody anything. */
  readonly after?: Promise<unknown>;
}

/** Every kind of host key that is accepted, the best first. */
const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** Logs in to a host, through its jump hosts or its transport, having verified each one's host key. */
export async function connect(target: SshTarget, options: ConnectOptions): Promise<Connection> {
  options.signal.throwIfAborted();
  const jump = target.jumps.at(-1);
  if (jump === undefined) {
    if (target.transport === undefined) return logIn(target, options, undefined);
    options.onAsked?.();
    const stream = await target.transport.open(options.signal);
    // It may break before SSH listens to it; `handshake` looks for that.
    stream.on("error", () => undefined);
    try {
      return await logIn(target, options, { stream });
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }
  const { onRoundTrip: _notOfThis, ...others } = options;
  const beneath = await connect({ ...jump, jumps: target.jumps.slice(0, -1) }, others);
  try {
    const stream = await beneath.forward(target.host, target.port).catch((error: unknown) => {
      throw connectionError(error, target);
    });
    return await logIn(target, options, { beneath, stream });
  } catch (error) {
    beneath.close();
    throw error;
  }
}

interface Way {
  /** The jump host's connection, closed with this one. */
  readonly beneath?: Connection;
  readonly stream: Duplex;
}

async function logIn(target: SshTarget, options: ConnectOptions, way: Way | undefined): Promise<Connection> {
  const { credentials, trust, after } = options;
  const further = after?.then(() => credentials.furtherOffers(target));
  // It is awaited when the host wants to know who is there.
  further?.catch(() => undefined);
  const [offers, known] = await Promise.all([
    further === undefined ? credentials.offers(target) : [],
    trust.knownTypes(target),
  ]);
  const client = new ssh2.Client();
  // It may fail once more after `handshake` has ended, in the very event that ended it: an error without a listener kills.
  client.on("error", () => undefined);
  const offered: Offer[] = [];
  const socket = way === undefined ? new SshSocket() : undefined;
  const roundTrip = timeRoundTrip(client, socket, (time) => options.onRoundTrip?.(time));
  socket?.serve(client);
  try {
    await handshake(
      client,
      target,
      options,
      { offers: further ?? Promise.resolve(offers), offered },
      {
        algorithms: { serverHostKey: algorithmsFor(known) },
        ...(socket === undefined ? {} : { sock: socket.open(target.host, target.port) }),
        ...(way === undefined ? {} : { sock: way.stream }),
      },
      way?.stream,
    );
  } catch (error) {
    client.destroy();
    throw connectionError(
      error,
      target,
      offered.map(({ label }) => label),
    );
  }
  const last = offered.at(-1);
  if (last !== undefined) credentials.accepted(target, last);
  return wrapClient(client, target.label, roundTrip(), { beneath: way?.beneath, socket });
}

/** What can be offered to a host, and what was. */
interface Offering {
  readonly offers: Promise<readonly Offer[]>;
  readonly offered: Offer[];
}

/** Goes on to the next offer that the host may take. */
async function nextMethod({ offers, offered }: Offering, says: HostSays): Promise<AnyAuthMethod | undefined> {
  // The first connection's login may wait for a person.
  const all = await says.pausing(offers);
  for (let offer = all[offered.length]; offer !== undefined; offer = all[offered.length]) {
    offered.push(offer);
    const method = await offer.open(says);
    if (method !== undefined) return method;
  }
  return undefined;
}

/** The key types that the host is known by come first, so that a known host is not asked for another of its keys. */
function algorithmsFor(known: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string): boolean =>
    known.includes(algorithm) || (algorithm.startsWith("rsa-") && known.includes("ssh-rsa"));
  return [
    ...HOST_KEY_ALGORITHMS.filter(isKnown),
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm)),
  ];
}

function handshake(
  client: Client,
  target: SshTarget,
  options: ConnectOptions,
  auth: Offering,
  config: Parameters<Client["connect"]>[0],
  stream: Duplex | undefined,
): Promise<void> {
  const limit = options.timeout ?? 20_000;
  const { signal } = options;
  return new Promise((resolve, reject) => {
    let verdict: unknown;
    // ssh2 takes no answer about the key of a connection that ended meanwhile.
    let over = false;
    const failed = (error: unknown): void => {
      stop();
      // A refused host key ends the handshake with an error of ssh2's own; ours says why.
      reject(verdict ?? error);
    };
    const expired = (): void => failed(connectTimeout(target, limit));
    const aborted = (): void => failed(signal.reason);
    const ended = (): void => failed(stream?.errored ?? new Error("the host closed the connection"));
    let timer = setTimeout(expired, limit);
    const stop = (): void => {
      over = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      client.off("error", failed).off("close", ended);
      stream?.off("close", ended);
    };
    if (stream?.destroyed === true) {
      reject(stream.errored ?? new Error("the way to the host was cut"));
      return;
    }
    stream?.on("close", ended);
    signal.addEventListener("abort", aborted, { once: true });
    client.on("error", failed).on("close", ended);
    client.once("ready", () => {
      stop();
      resolve();
    });
    const pausing = <T>(question: Promise<T>): Promise<T> => {
      clearTimeout(timer);
      return question.finally(() => {
        timer = setTimeout(expired, limit);
      });
    };
    const offer = async (says: HostSays, next: NextAuthHandler): Promise<void> => {
      try {
        // ssh2 takes false for the end, which its types don't know.
        next((await nextMethod(auth, says)) ?? (false as never));
      } catch (error) {
        verdict = error;
        failed(error);
      }
    };
    client.connect({
      ...config,
      authHandler: (left, _partial, next) => {
        const methods = Array.isArray(left) ? left.map(String) : undefined;
        void offer({ methods, pausing }, next);
      },
      username: target.user,
      readyTimeout: 0,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      hostVerifier: (blob: Buffer, answer: (accepted: boolean) => void): void => {
        clearTimeout(timer);
        const key = hostKeyFromBlob(blob);
        const judged =
          key === undefined
            ? Promise.reject(new Error("unreadable host key"))
            : options.trust.verify(target, key);
        judged.then(
          () => {
            if (over) return;
            timer = setTimeout(expired, limit);
            answer(true);
          },
          (error: unknown) => {
            verdict = error;
            if (!over) answer(false);
            failed(error);
          },
        );
      },
    });
    signAtOnce(client);
    options.onAsked?.();
  });
}
