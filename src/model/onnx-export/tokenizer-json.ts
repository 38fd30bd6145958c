import { readJsonObject } from "../config-file.ts";
import { Corrupt, named } from "../corrupt.ts";

/** The largest in use, of 256,000 pieces and their merges, have 35 MB; parsing takes up to five times as much memory. */
const LARGEST = 40 * 1024 * 1024;
/** Each of half a million merges is a list of two in newer files. */
const MOST_VALUES = 2_500_000;
type Members = Readonly<Record<string, unknown>>;

/** What bertops needs to know of a tokenizer.json; the service's library reads the rest. */
export interface TokenizerJson {
  /** The id of a piece; undefined where there is none of that name. */
  readonly idOf: (piece: string) => number | undefined;
  /** The largest id that it can answer with. */
  readonly largestId: number;
}

const KINDS = new Set(["BPE", "WordPiece", "WordLevel", "Unigram"]);

/** Reads a tokenizer.json of any kind that Hugging Face's library has. Throws UserError. */
export async function readTokenizerJson(file: string): Promise<TokenizerJson> {
  const json = await readJsonObject(file, LARGEST, MOST_VALUES);
  const model = object(json["model"]);
  const kind = model["type"] ?? (Array.isArray(model["vocab"]) ? "Unigram" : "BPE");
  if (typeof kind !== "string" || !KINDS.has(kind))
    throw named(
      file,
      new Corrupt(
        `is no tokenizer that bertops knows (its model's type is ${typeof kind === "string" ? JSON.stringify(kind.slice(0, 40)) : typeof kind})`,
      ),
    );
  const ids = new Map<string, number>();
  const vocabulary = model["vocab"];
  if (Array.isArray(vocabulary)) {
    for (const [id, entry] of vocabulary.entries())
      if (Array.isArray(entry) && typeof entry[0] === "string") ids.set(entry[0], id);
  } else {
    for (const [piece, id] of Object.entries(object(vocabulary)))
      if (typeof id === "number") ids.set(piece, id);
  }
  const added = json["added_tokens"];
  for (const token of Array.isArray(added) ? added : []) {
    const { content, id } = object(token);
    if (typeof content === "string" && typeof id === "number") ids.set(content, id);
  }
  let largestId = -1;
  for (const id of ids.values()) {
    if (!Number.isInteger(id) || id < 0 || id > 4_000_000)
      throw named(file, new Corrupt("has a vocabulary with impossible ids"));
    largestId = Math.max(largestId, id);
  }
  if (largestId < 0) throw named(file, new Corrupt("has no vocabulary"));
  return { idOf: (piece) => ids.get(piece), largestId };
}

function object(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}
