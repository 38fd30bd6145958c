import type { ContentFile } from "../hash-files.ts";
import type { Dial, StoreHost } from "../host.ts";
import type { ManifestFile } from "../manifest.ts";
import type { BlockSource } from "./block-source.ts";
import type { RunLane } from "./lane.ts";
import { firstLanes, mostLanes } from "./lane-count.ts";
import { runLanes } from "./lanes.ts";
import type { Compression } from "./pack-blocks.ts";
import { type Piece, PIECE_SIZE, PieceQueue } from "./pieces.ts";
import { rateLimit } from "./rate-limit.ts";

/** How a transfer uses the link, as the person wants it. */
export interface LinkOptions {
  /** Exactly so many connections; default: as many as bring throughput. */
  readonly connections?: number;
  /** Bytes a second, over all connections. */
  readonly bandwidth?: number;
  /** Default: auto. */
  readonly compression?: Compression;
  /** Milliseconds without any acknowledgement until a connection is given up. */
  readonly stall?: number;
  /** How often in a row a lost connection is dialled again without getting on. */
  readonly redials?: number;
}

export interface UploadOptions {
  /** The connection that is there already. */
  readonly host: StoreHost;
  /** Opens further ones. */
  readonly dial: Dial;
  readonly pieces: readonly Piece<ContentFile>[];
  /** How many bytes of a piece will probably travel. */
  readonly likely: (piece: Piece<ContentFile>) => number;
  readonly source: BlockSource;
  /** How one connection works. */
  readonly run: RunLane;
  readonly link: LinkOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
}

export interface UploadProgress {
  /** Bytes that the host has acknowledged. */
  readonly bytes: number;
  /** Bytes of finished pieces that did not travel: they were there, or the host copied them. */
  readonly reused: number;
  readonly connections: number;
}

export interface UploadResult {
  readonly bytes: number;
  /** The most connections that were at work at one time. */
  readonly connections: number;
}

/** Sends pieces over as many connections as the link is worth; goes on over new ones when some are lost. */
export async function upload(options: UploadOptions): Promise<UploadResult> {
  const { host, dial, signal, link } = options;
  const queue = new PieceQueue(options.pieces);
  const done = { left: queue.length, bytes: 0, reused: 0 };
  const limit = rateLimit(link.bandwidth, signal);
  const connections = await runLanes({
    host,
    dial,
    ...laneLimits(host, options.pieces, link, options.likely),
    signal,
    left: () => done.left,
    queue,
    work: (lane) =>
      options.run(lane.host, {
        source: options.source,
        take: lane.take,
        giveBack: lane.giveBack,
        allowed: lane.allowed,
        allow: (count) => limit.allow(count)?.then(() => lane.alive(0)),
        onBytes(count) {
          done.bytes += count;
          lane.alive(count);
          options.onProgress({ bytes: done.bytes, reused: done.reused, connections: lane.count() });
        },
        onPiece(reused) {
          done.left--;
          done.reused += reused;
          lane.reused(reused);
        },
        stopped: lane.stopped,
      }),
  });
  return { bytes: done.bytes, connections };
}

/** Of a file that was pushed before, only a small part changes as a rule: each login for more costs the host a tenth of a second. */
const CHANGED = 1 / 64;

/** What will probably travel of a piece, given whether an older state of its file is in the store. */
export function likelyBytes({ length }: Piece, hasOlder: boolean): number {
  return hasOlder ? length * CHANGED : length;
}

/** How many connections there are at first and at most, and how long one may be silent. */
export function laneLimits<F extends ManifestFile>(
  { roundTrip }: Pick<StoreHost, "roundTrip">,
  pieces: readonly Piece<F>[],
  { connections, bandwidth, stall, redials }: LinkOptions,
  likely: (piece: Piece<F>) => number = ({ length }) => length,
): {
  readonly first: number;
  readonly most: number;
  readonly stall?: number;
  readonly redials?: number;
} {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const link = { roundTrip, bytes, files: pieces.length };
  const begin = { ...link, bytes: pieces.reduce((sum, piece) => sum + likely(piece), 0) };
  // Several connections that share little only wait for each other.
  const shared = bandwidth === undefined ? Number.POSITIVE_INFINITY : Math.ceil(bandwidth / PIECE_SIZE);
  const most = connections ?? Math.min(mostLanes(link), shared);
  const patience = bandwidth === undefined ? stall : Math.max(45_000, (3 * PIECE_SIZE * 1000) / bandwidth);
  return {
    first: connections ?? Math.min(firstLanes(begin), most),
    most,
    ...(patience === undefined ? {} : { stall: patience }),
    ...(redials === undefined ? {} : { redials }),
  };
}
