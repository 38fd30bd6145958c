import { Corrupt } from "../corrupt.ts";
import type { Vocabulary } from "../vocabulary.ts";

type Members = Readonly<Record<string, unknown>>;

/** Where a directory may name tokens that were added behind the vocabulary's end. */
export interface AddedTokenSources {
  /** `added_tokens` of tokenizer.json: a list of objects. */
  readonly listed: unknown;
  /** `added_tokens_decoder` of tokenizer_config.json: objects by their ids. */
  readonly byId: unknown;
  /** added_tokens.json, of older versions: ids by their texts. */
  readonly byText: Members;
}

/**
 * The vocabulary with the added tokens that lie behind its end; others say nothing new. Those behind the model's last row of
 * word embeddings are left out: the model was never made to know them, and no answer could be computed for them. Throws Corrupt.
 */
export function withAddedTokens(
  vocabulary: Vocabulary,
  sources: AddedTokenSources,
  rows: number,
): Vocabulary {
  const pieces = [...vocabulary];
  for (const { id, content } of tokensOf(sources)) {
    if (typeof id !== "number" || typeof content !== "string") continue;
    if (id < vocabulary.length || id >= rows) continue;
    if (!Number.isInteger(id) || /[\r\n]/.test(content))
      throw new Corrupt("has an added token with an impossible id");
    pieces[id] = content;
  }
  return Array.from(pieces, (piece: string | undefined) => piece ?? "");
}

function* tokensOf({ listed, byId, byText }: AddedTokenSources): Generator<Members> {
  for (const [content, id] of Object.entries(byText)) yield { content, id };
  if (typeof byId === "object" && byId !== null)
    for (const [id, token] of Object.entries(byId)) yield { ...(token as Members), id: Number(id) };
  for (const token of Array.isArray(listed) ? (listed as unknown[]) : []) yield (token ?? {}) as Members;
}
