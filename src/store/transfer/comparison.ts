import type { BlockPlace } from "../known-content.ts";
import { differingRuns, type Run } from "./block-parts.ts";
import type { Block } from "./block-source.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { questionFrame, searchFrame } from "./frames.ts";
import { type MovedContent, needleIn } from "./moved-content.ts";
import type { SentPiece } from "./sent-piece.ts";

/** A block that is compared with an older state of it on the host. */
export interface Compared {
  readonly piece: SentPiece;
  readonly block: Block;
  readonly place: BlockPlace;
  readonly bytes: Buffer;
  /** It was compared with something else before, in vain. */
  readonly again?: boolean;
}

/** What a comparison brought. */
export interface Difference extends Compared {
  /** What differs; undefined where that is nearly all. */
  readonly runs: readonly Run[] | undefined;
}

/** Of a block that is compared, as a rule only a part travels. */
export const COMPARED_SHARE = 1 / 4;
/** Above this share of a block, sending it whole is as good. */
const PATCH_SHARE = 3 / 4;
/** What is smaller is sent before an answer could be there. */
const WORTH_COMPARING = 64 * 1024;

/** What one lane asks the host about older states of what it sends. The host answers in the order of the questions. */
export class Comparison {
  readonly #writer: FrameWriter;
  readonly #moved: MovedContent;
  readonly #asked: Compared[] = [];
  readonly #answered: { readonly compared: Compared; readonly hashes: Buffer }[] = [];
  readonly #searches: ((position: number) => void)[] = [];

  constructor(writer: FrameWriter, moved: MovedContent) {
    this.#writer = writer;
    this.#moved = moved;
  }

  /** Is there anything that an answer is awaited for, or that was answered and not taken? */
  get isOpen(): boolean {
    return this.#asked.length + this.#answered.length > 0;
  }

  get hasAnswers(): boolean {
    return this.#answered.length > 0;
  }

  /** What a new block may be compared with; `mostlyNew` is what its piece is. */
  baseOf(piece: SentPiece, block: Block, mostlyNew: boolean): BlockPlace | undefined {
    const { size, position, place } = block;
    if (place !== undefined || size < WORTH_COMPARING || piece.whole) return undefined;
    return mostlyNew
      ? this.#moved.baseOf(piece.file, position, size)
      : this.#moved.besides(piece.file, position, size);
  }

  /** Asks for the parts of a block's older state. `bytes` must stay as they are. */
  ask(compared: Compared): void {
    this.#asked.push(compared);
    this.#writer.gather(questionFrame(compared.place, compared.block.size));
  }

  /**
   * Has the host look for what some part of a piece, which seems new, ends with. Waits for an answer that is worth it: what is found
   * is as a rule all that is behind it. `change` resolves when something was heard.
   */
  async search(piece: SentPiece, start: number, data: Buffer, change: () => Promise<void>): Promise<void> {
    const { file } = piece;
    if (piece.whole || data.length < WORTH_COMPARING) return;
    const needle = needleIn(data);
    const search = needle && this.#moved.search(file, start + needle.offset);
    if (needle === undefined || search === undefined) return;
    const heard: { position?: number } = {};
    this.#searches.push((position) => {
      heard.position = position;
      if (position >= 0) this.#moved.found(file, start + needle.offset, position);
    });
    this.#writer.gather(searchFrame({ path: search.path, start: search.near }, needle.bytes));
    await this.#writer.flush();
    while (search.isHopeful && heard.position === undefined) await change();
  }

  /** Takes in what the host says. */
  hear(word: string, rest: string): void {
    if (word === "n") this.#searches.shift()?.(Number(rest));
    const compared = word === "q" ? this.#asked.shift() : undefined;
    if (compared !== undefined) this.#answered.push({ compared, hashes: Buffer.from(rest, "hex") });
  }

  /** Where else a block that is not like its older state may lie, by what was learned meanwhile. */
  async elsewhere(compared: Compared, change: () => Promise<void>): Promise<BlockPlace | undefined> {
    const { piece, block, place, bytes, again = false } = compared;
    if (again) return undefined;
    await this.search(piece, block.position, bytes, change);
    const found = this.#moved.baseOf(piece.file, block.position, block.size);
    return found?.start === place.start ? undefined : found;
  }

  /** The next block that was compared. */
  next(): Difference | undefined {
    const answer = this.#answered.shift();
    if (answer === undefined) return undefined;
    const { compared, hashes } = answer;
    const { piece, block, bytes } = compared;
    const runs = differingRuns(bytes, hashes);
    const isAlike = runs.reduce((sum, { length }) => sum + length, 0) <= block.size * PATCH_SHARE;
    this.#moved.compared(piece.file, block.position, isAlike);
    return { ...compared, runs: isAlike ? runs : undefined };
  }
}
