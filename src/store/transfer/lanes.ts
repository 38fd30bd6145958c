import { EXIT, UserError } from "../../errors.ts";
import type { Dial, StoreHost } from "../host.ts";
import { STAGGER_MS } from "./early-dial.ts";
import type { ManifestFile } from "../manifest.ts";
import { LaneController } from "./lane-count.ts";
import { Pace } from "./pace.ts";
import { type Piece, PIECE_SIZE, type PieceQueue } from "./pieces.ts";
import { bytesAllowed, lags } from "./shares.ts";

export interface LanesOptions<F extends ManifestFile> {
  /** The connection that is there already. */
  readonly host: StoreHost;
  /** Opens further ones. */
  readonly dial: Dial;
  /** Connections to begin with, and at most. */
  readonly first: number;
  readonly most: number;
  readonly signal: AbortSignal;
  /** Milliseconds without any sign of life until a connection is given up; default 45,000. */
  readonly stall?: number;
  /** How often in a row a lost connection is dialled again without getting on; default 6, over half a minute. */
  readonly redials?: number;
  /** Works over one connection until nothing is left or it is told to stop; rejects when the connection fails. */
  readonly work: (lane: Lane<F>) => Promise<void>;
  /** Pieces that are not done yet. */
  readonly left: () => number;
  readonly queue: PieceQueue<F>;
}

/** One connection at work. */
export interface Lane<F extends ManifestFile> {
  readonly host: StoreHost;
  /** The next piece; undefined when there is none left, or when the others will have done all before it could do one more. */
  readonly take: () => Piece<F> | undefined;
  /** A piece that was not done after all. */
  readonly giveBack: (piece: Piece<F>) => void;
  /** How many bytes it may have under way. */
  readonly allowed: () => number;
  /** True when it should take no more work. */
  readonly stopped: () => boolean;
  /** The host did something; so many bytes of the transfer passed. */
  readonly alive: (bytes: number) => void;
  /** The host did something; so many bytes need not pass after all. */
  readonly reused: (bytes: number) => void;
  /** How many are at work. */
  readonly count: () => number;
}

const DEFAULT_STALL = 45_000;
const DEFAULT_REDIALS = 6;
const TICK_MS = 250;

interface Working {
  readonly host: StoreHost;
  readonly pace: Pace;
  last: number;
  retired: boolean;
  abandon: () => void;
}

interface State {
  readonly lanes: Set<Working>;
  dialling: number;
  /** Losses in a row without any piece done in between. */
  losses: number;
  /** No more logins before this moment. */
  pausedUntil: number;
  bytes: number;
  most: number;
  fatal?: { readonly error: unknown };
}

/** Works over as many connections as the link is worth; goes on over new ones when some are lost. Resolves to the most that were at work. */
export async function runLanes<F extends ManifestFile>(options: LanesOptions<F>): Promise<number> {
  const { signal, queue } = options;
  const controller = new LaneController(options.first, options.most);
  const state: State = { lanes: new Set(), dialling: 0, losses: 0, pausedUntil: 0, bytes: 0, most: 0 };
  let wake = (): void => undefined;
  const fail = (error: unknown): void => {
    state.fatal ??= { error };
    for (const { abandon } of state.lanes) abandon();
    wake();
  };
  const aborted = (): void => fail(signal.reason);
  signal.addEventListener("abort", aborted, { once: true });
  if (signal.aborted) aborted();

  const paces: Pace[] = [];
  const start = async (host: StoreHost): Promise<void> => {
    const before = options.left();
    const pace = new Pace();
    const lane: Working = { host, pace, last: Date.now(), retired: false, abandon: () => undefined };
    const abandoned = new Promise<void>((resolve) => {
      lane.abandon = resolve;
    });
    state.lanes.add(lane);
    paces.push(pace);
    state.most = Math.max(state.most, state.lanes.size);
    try {
      await Promise.race([
        options.work({
          host,
          allowed: () => bytesAllowed(pace, paces, host.roundTrip),
          take() {
            if (lags(pace, paces, Math.min(PIECE_SIZE, queue.bytes), queue.bytes)) return undefined;
            const piece = queue.take();
            pace.take(piece?.length ?? 0);
            return piece;
          },
          giveBack(piece) {
            pace.giveBack(piece.length);
            queue.giveBack(piece);
          },
          stopped: () => lane.retired || state.fatal !== undefined,
          alive(bytes) {
            lane.last = Date.now();
            state.bytes += bytes;
            pace.pass(bytes);
          },
          reused(bytes) {
            lane.last = Date.now();
            pace.pass(bytes);
          },
          count: () => state.lanes.size,
        }),
        abandoned,
      ]);
      // It left the rest to faster ones, which another one would only hinder.
      if (queue.length > 0 && !lane.retired) controller.settle(state.lanes.size - 1);
    } catch (error) {
      if (isFatal(error)) fail(error);
      else lost(options.left() < before);
    } finally {
      state.lanes.delete(lane);
      paces.splice(paces.indexOf(pace), 1);
      if (host !== options.host) host.close();
      wake();
    }
  };
  const lost = (gotOn: boolean): void => {
    state.losses = gotOn ? 1 : state.losses + 1;
    state.pausedUntil = Date.now() + Math.min(250 * 2 ** state.losses, 8000);
    if (state.losses > (options.redials ?? DEFAULT_REDIALS) && state.lanes.size <= 1)
      fail(gaveUp(options.host.label));
  };
  const dial = async (): Promise<void> => {
    state.dialling++;
    try {
      const host = await options.dial();
      state.dialling--;
      if (state.fatal !== undefined || queue.length === 0) host.close();
      else await start(host);
    } catch (error) {
      state.dialling--;
      // A server that turns further logins away only makes it slower.
      if (state.lanes.size > 0) controller.settle(state.lanes.size);
      else if (error instanceof UserError && error.exitCode !== EXIT.retry) fail(error);
      else lost(false);
      wake();
    }
  };
  const adjust = (): void => {
    const active = [...state.lanes].filter(({ retired }) => !retired);
    for (const lane of active.slice(controller.wanted)) lane.retired = true;
    const missing = Math.min(controller.wanted - active.length, queue.length) - state.dialling;
    if (missing > 0 && Date.now() >= state.pausedUntil) {
      void dial();
      if (missing > 1) state.pausedUntil = Date.now() + STAGGER_MS;
    }
  };
  const tick = setInterval(() => {
    const now = Date.now();
    for (const lane of state.lanes) if (now - lane.last > (options.stall ?? DEFAULT_STALL)) lane.host.drop();
    controller.tick(state.bytes, state.lanes.size, queue.bytes);
    state.bytes = 0;
    wake();
  }, TICK_MS);
  const stagger = setInterval(() => wake(), STAGGER_MS);
  try {
    if (options.left() > 0) void start(options.host);
    while ((options.left() > 0 || state.lanes.size > 0) && state.fatal === undefined) {
      adjust();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    clearInterval(tick);
    clearInterval(stagger);
    signal.removeEventListener("abort", aborted);
  }
  if (state.fatal !== undefined) throw state.fatal.error;
  return state.most;
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
