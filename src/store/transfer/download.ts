import { hash } from "node:crypto";
import type { Dial, StoreHost } from "../host.ts";
import { BLOCK_SIZE } from "../manifest.ts";
import { brokenFile } from "./broken-file.ts";
import type { FetchLane } from "./fetch-lane.ts";
import { runLanes } from "./lanes.ts";
import { type Piece, PieceQueue } from "./pieces.ts";
import { rateLimit } from "./rate-limit.ts";
import { laneLimits, type LinkOptions } from "./upload.ts";

export interface DownloadOptions {
  /** The connection that is there already. */
  readonly host: StoreHost;
  /** Opens further ones. */
  readonly dial: Dial;
  /** They begin and end where blocks do, or files. */
  readonly pieces: readonly Piece[];
  /** How one connection works. */
  readonly run: FetchLane;
  /** Does it take a while to write a piece? */
  readonly keeps: (piece: Piece) => boolean;
  /** Writes what came and is what it should be. */
  readonly write: (piece: Piece, data: Buffer) => Promise<void> | undefined;
  readonly link: LinkOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number, connections: number) => void;
}

/**
 * Fetches pieces over as many connections as the link is worth; goes on over new ones when some are lost. Every block is checked
 * before it is written. Resolves to the most connections that were at work.
 */
export function download(options: DownloadOptions): Promise<number> {
  const { host, dial, link, signal } = options;
  const queue = new PieceQueue(options.pieces);
  const done = { left: queue.length };
  const limit = rateLimit(link.bandwidth, signal);
  return runLanes({
    host,
    dial,
    ...laneLimits(host, options.pieces, link),
    signal,
    left: () => done.left,
    queue,
    work: (lane) =>
      options.run(lane.host, {
        take: lane.take,
        giveBack: lane.giveBack,
        keeps: options.keeps,
        allow: (count) => limit.allow(count)?.then(() => lane.alive(0)),
        alive: lane.alive,
        stopped: lane.stopped,
        arrived(piece, data) {
          check(piece, data);
          const finish = (): void => {
            done.left--;
            options.onBytes(piece.length, lane.count());
          };
          const writing = options.write(piece, data);
          if (writing !== undefined) return writing.then(finish);
          finish();
          return undefined;
        },
      }),
  });
}

function check({ file, start, length }: Piece, data: Buffer): void {
  for (let at = 0; at < length; at += BLOCK_SIZE) {
    const block = data.subarray(at, Math.min(at + BLOCK_SIZE, length));
    if (hash("sha256", block, "hex") !== file.blocks[(start + at) / BLOCK_SIZE]) throw brokenFile(file.path);
  }
}
