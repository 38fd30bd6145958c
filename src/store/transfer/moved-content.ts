import type { BlockPlace, KnownContent, OlderFile } from "../known-content.ts";
import type { ManifestFile } from "../manifest.ts";

/** A short stretch of a file that is looked for in an older state of it. */
export interface Search {
  /** The older state. */
  readonly path: string;
  /** Where it probably is there. */
  readonly near: number;
  /** Nothing was looked for in vain before: the answer is worth waiting for. */
  readonly isHopeful: boolean;
}

interface State {
  readonly older: OlderFile;
  /** How much farther the content lies now than in the older state; undefined where it was not found there. */
  shift: number | undefined;
  /** The shift that held before. */
  last: number;
  /** Blocks in a row that are not like what lies there. */
  unlike: number;
  /** Nothing is looked for before this position. */
  next: number;
  gap: number;
}

/** What really changed is looked for in vain: after this many bytes again, then after four times as many. */
const FIRST_GAP = 2 * 1024 * 1024;
/** So many blocks in a row end a shift. */
const MOST_UNLIKE = 2;

/**
 * Where the content of changed files may lie in their older states. Blocks are compared at fixed places, so a few bytes that come in at
 * the front, a longer header or a larger vocabulary, make every block behind them another one though nothing in it is new.
 */
export class MovedContent {
  readonly #known: KnownContent;
  readonly #states = new Map<string, State>();

  constructor(known: KnownContent) {
    this.#known = known;
  }

  /** Where the older state lies that a block of a piece that mostly stayed as it was can be compared with. */
  besides(file: ManifestFile, position: number, size: number): BlockPlace | undefined {
    const state = this.#stateOf(file);
    return state && placeIn(state.older, position - (state.shift ?? 0), size);
  }

  /** The same for a piece of which nothing is known, if what is around it was found. */
  baseOf(file: ManifestFile, position: number, size: number): BlockPlace | undefined {
    const state = this.#stateOf(file);
    return state?.shift === undefined ? undefined : placeIn(state.older, position - state.shift, size);
  }

  /** Should what lies at this position be looked for? If so, it counts as done. */
  search(file: ManifestFile, position: number): Search | undefined {
    const state = this.#stateOf(file);
    if (state === undefined || state.shift !== undefined || position < state.next) return undefined;
    const isHopeful = state.gap === FIRST_GAP;
    state.next = position + state.gap;
    state.gap *= 4;
    return { path: state.older.path, near: Math.max(0, position - state.last), isHopeful };
  }

  /** What lies at `position` was found in the older state. */
  found(file: ManifestFile, position: number, there: number): void {
    const state = this.#stateOf(file);
    if (state === undefined) return;
    state.shift = state.last = position - there;
    state.unlike = 0;
    state.gap = FIRST_GAP;
  }

  /** A block was compared with what `baseOf` told. */
  compared(file: ManifestFile, position: number, alike: boolean): void {
    const state = this.#stateOf(file);
    if (state === undefined) return;
    state.unlike = alike ? 0 : state.unlike + 1;
    if (state.unlike < MOST_UNLIKE || state.shift === undefined) return;
    state.shift = undefined;
    state.next = position;
  }

  #stateOf({ path }: ManifestFile): State | undefined {
    const state = this.#states.get(path);
    if (state !== undefined) return state;
    const older = this.#known.olderOf(path);
    if (older === undefined) return undefined;
    const begun = { older, shift: undefined, last: 0, unlike: 0, next: 0, gap: FIRST_GAP };
    this.#states.set(path, begun);
    return begun;
  }
}

function placeIn({ path, size: whole }: OlderFile, start: number, size: number): BlockPlace | undefined {
  return start < 0 || start + size > whole ? undefined : { path, start };
}

const NEEDLE_SIZE = 64;
const NEEDLE_STRIDE = 4096;
const LEAST_DISTINCT = 12;

/**
 * A stretch of a piece that is hardly found by chance, as near to the end as possible, since what came in is at the beginning.
 * Undefined where everything looks alike, as zeros do.
 */
export function needleIn(data: Buffer): { offset: number; bytes: Buffer } | undefined {
  for (let offset = data.length - NEEDLE_SIZE; offset >= 0; offset -= NEEDLE_STRIDE) {
    const bytes = data.subarray(offset, offset + NEEDLE_SIZE);
    if (new Set(bytes).size >= LEAST_DISTINCT) return { offset, bytes: Buffer.from(bytes) };
  }
  return undefined;
}
