import type { TokenizerSettings } from "../prepared/settings.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** Tokens of one text, [CLS] and [SEP] counted: enough to compare by, and conversion stays quick. */
const MOST_TOKENS = 14;

/**
 * Rows of token ids for comparing models. A plain WordPiece: good enough to give both models the same sensible rows, not
 * the tokenizer that answers requests (the service has that one).
 */
export function tokenRows(
  texts: readonly string[],
  vocabulary: Vocabulary,
  settings: TokenizerSettings,
): number[][] {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const id = (piece: string): number => ids.get(piece) ?? 0;
  const [cls, sep, unknown] = [id(settings.cls), id(settings.sep), id(settings.unknown)];
  return texts.map((text) => {
    const lowered = settings.lowerCase ? text.toLowerCase() : text;
    const plain = settings.stripAccents ? lowered.normalize("NFD").replaceAll(/\p{Mn}/gu, "") : lowered;
    const words = plain.match(WORD) ?? [];
    const pieces = words.flatMap((word) => piecesOf(word, ids) ?? [unknown]);
    return [cls, ...pieces.slice(0, MOST_TOKENS - 2), sep];
  });
}

/** One ideograph, one mark, or a run of anything else that is no space. */
const WORD = /\p{Script=Han}|\p{P}|[^\s\p{P}\p{Script=Han}]+/gu;

/** The longest piece first, as WordPiece has it. */
function piecesOf(word: string, ids: ReadonlyMap<string, number>): number[] | undefined {
  const characters = Array.from(word);
  const found: number[] = [];
  for (let start = 0; start < characters.length;) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start && id === undefined; end -= 1) {
      id = ids.get(`${start > 0 ? "##" : ""}${characters.slice(start, end).join("")}`);
    }
    if (id === undefined) return undefined;
    found.push(id);
    start = end + 1;
  }
  return found;
}
