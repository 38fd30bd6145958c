import type { Piece } from "./pieces.ts";

/** What decides how many connections are worth their login. */
export interface Link {
  /** Milliseconds. */
  readonly roundTrip: number;
  readonly pieces: readonly Piece[];
  /** What the person asked for. */
  readonly most?: number | undefined;
}

/** Below this a single TCP window fills the link, and more connections only cost CPU. */
const NEAR_MS = 5;
const FAR_CONNECTIONS = 8;
const BYTES_WORTH_ONE = 4 * 1024 * 1024;
const FILES_WORTH_ONE = 200;

/** One connection on a LAN, eight on a long link, fewer where there is little to send. */
export function laneCount({ roundTrip, pieces, most }: Link): number {
  const bytes = pieces.reduce((sum, { length, source }) => sum + (source === undefined ? length : 0), 0);
  const worth = Math.ceil(Math.max(bytes / BYTES_WORTH_ONE, pieces.length / FILES_WORTH_ONE));
  const useful = roundTrip < NEAR_MS ? 1 : FAR_CONNECTIONS;
  return Math.max(1, Math.min(most ?? useful, worth));
}
