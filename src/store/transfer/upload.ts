import { EXIT, UserError } from "../../errors.ts";
import type { Dial, StoreHost } from "../host.ts";
import type { LaneHooks, RunLane } from "./lane.ts";
import { laneCount } from "./lane-count.ts";
import type { LocalReader } from "./local-reader.ts";
import type { Piece } from "./pieces.ts";

export interface UploadOptions {
  /** The connection that is there already. */
  readonly host: StoreHost;
  /** Opens further ones. */
  readonly dial: Dial;
  readonly pieces: readonly Piece[];
  readonly reader: LocalReader;
  /** How one connection works. */
  readonly run: RunLane;
  /** Connections at most; default: as many as the link is worth. */
  readonly connections?: number;
  readonly signal: AbortSignal;
  /** Milliseconds without any acknowledgement until a connection is given up; default 45,000. */
  readonly stall?: number;
  /** How often in a row a lost connection is dialled again without getting on; default 6, over half a minute. */
  readonly redials?: number;
  readonly onProgress: (progress: UploadProgress) => void;
}

export interface UploadProgress {
  /** Bytes that the host has acknowledged. */
  readonly bytes: number;
  readonly connections: number;
}

export interface UploadResult {
  readonly bytes: number;
  /** The most connections that were at work at one time. */
  readonly connections: number;
}

const DEFAULT_STALL = 45_000;
const DEFAULT_REDIALS = 6;

/** Sends pieces over as many connections as the link is worth; goes on over new ones when some are lost. */
export async function upload(options: UploadOptions): Promise<UploadResult> {
  const queue = [...options.pieces].toReversed();
  const lanes = new Set<Lane>();
  const state: State = { left: queue.length, bytes: 0, most: 0 };
  const aborted = (): void => {
    state.fatal ??= { error: options.signal.reason };
    for (const lane of lanes) lane.stop();
  };
  options.signal.addEventListener("abort", aborted, { once: true });
  if (options.signal.aborted) aborted();

  const start = async (host: StoreHost, own: boolean): Promise<void> => {
    const lane: Lane = { host, last: Date.now(), stop: () => undefined };
    const stopped = new Promise<void>((resolve) => {
      lane.stop = resolve;
    });
    lanes.add(lane);
    state.most = Math.max(state.most, lanes.size);
    const hooks: LaneHooks = {
      reader: options.reader,
      take: () => queue.pop(),
      giveBack: (piece) => void queue.push(piece),
      onBytes(count) {
        state.bytes += count;
        lane.last = Date.now();
        options.onProgress({ bytes: state.bytes, connections: lanes.size });
      },
      onPiece() {
        state.left--;
        lane.last = Date.now();
      },
      stopped: () => state.fatal !== undefined,
    };
    try {
      const work = options.run(host, hooks);
      await Promise.race([work, stopped]);
    } catch (error) {
      if (isFatal(error)) {
        state.fatal ??= { error };
        for (const other of lanes) other.stop();
      }
    } finally {
      lanes.delete(lane);
      if (!own) host.close();
    }
  };

  const watch = setInterval(() => {
    for (const lane of lanes) if (Date.now() - lane.last > (options.stall ?? DEFAULT_STALL)) lane.host.drop();
  }, 1000);
  try {
    await firstRound(options, start);
    // Only where every connection was lost is something left now.
    for (let attempt = 0; state.left > 0 && state.fatal === undefined; attempt++) {
      const before = state.left;
      if (attempt >= (options.redials ?? DEFAULT_REDIALS)) throw gaveUp(options.host.label);
      await pause(Math.min(500 * 2 ** attempt, 8000), options.signal);
      const host = await options.dial().catch(() => undefined);
      if (host !== undefined) await start(host, false);
      if (state.left < before) attempt = 0;
    }
  } finally {
    clearInterval(watch);
    options.signal.removeEventListener("abort", aborted);
  }
  if (state.fatal !== undefined) throw state.fatal.error;
  return { bytes: state.bytes, connections: state.most };
}

interface State {
  /** Pieces that are not there yet. */
  left: number;
  bytes: number;
  most: number;
  fatal?: { readonly error: unknown };
}

interface Lane {
  readonly host: StoreHost;
  /** When the host last acknowledged something. */
  last: number;
  stop: () => void;
}

/** The connection at hand begins at once; others join as they get ready, and those that fail are done without. */
async function firstRound(
  options: UploadOptions,
  start: (host: StoreHost, own: boolean) => Promise<void>,
): Promise<void> {
  const running: Promise<void>[] = [];
  if (options.pieces.length === 0) return;
  const roundTrip = await options.host
    .files()
    .then((files) => files.roundTrip())
    .catch(() => 0);
  const wanted = laneCount({ roundTrip, pieces: options.pieces, most: options.connections });
  running.push(start(options.host, true));
  for (let extra = 1; extra < wanted; extra++)
    running.push(
      // Servers turn away many logins that begin at the same moment.
      pause(extra * 40, options.signal)
        .then(options.dial)
        .then(
          (host) => start(host, false),
          () => undefined,
        ),
    );
  await Promise.all(running);
}

/** Answers of the server about the file system will not get better by trying again; a lost connection may. */
function isFatal(error: unknown): boolean {
  if (error instanceof UserError) return error.reason !== "connection-lost";
  // SFTP: 6 and 7 are about the connection, as is the end of the channel.
  return error instanceof Error && "code" in error && typeof error.code === "number" && error.code < 6;
}

function gaveUp(label: string): UserError {
  return new UserError({
    reason: "connection-lost",
    message: `The connection to ${label} was lost and did not come back.`,
    hint: "What arrived is kept: run the same command again, and it continues.",
    exitCode: EXIT.retry,
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
