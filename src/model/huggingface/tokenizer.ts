import { readJsonObject } from "../config-file.ts";
import { Corrupt, naming } from "../corrupt.ts";
import type { TokenizerSettings } from "../prepared/settings.ts";
import { unsupported } from "../unsupported.ts";
import { isLowerCased, readVocabulary, type Vocabulary } from "../vocabulary.ts";

/** The tokenizer's files of a Hugging Face directory; at least one of `vocabulary` and `json` is there. */
export interface TokenizerFiles {
  readonly vocabulary?: string;
  readonly json?: string;
  readonly config?: string;
}

/** What was read of them. */
export interface TokenizerContent {
  readonly vocabulary: Vocabulary;
  readonly settings: TokenizerSettings;
  /** The most tokens of one text, where the files say so. */
  readonly maxTokens?: number;
}

const LARGEST_TOKENIZER = 16 * 1024 * 1024;
type Members = Readonly<Record<string, unknown>>;

/** Reads a WordPiece tokenizer from vocab.txt, tokenizer.json and tokenizer_config.json, whichever are there. */
export async function readTokenizer(files: TokenizerFiles, lowerCase?: boolean): Promise<TokenizerContent> {
  const config = files.config === undefined ? {} : await readJsonObject(files.config);
  const json = files.json === undefined ? {} : await readJsonObject(files.json, LARGEST_TOKENIZER);
  refuseOtherKinds(files, config, json);
  const own =
    files.vocabulary === undefined
      ? await naming(files.json ?? "", () => vocabularyIn(member(json, "model")))
      : await readVocabulary(files.vocabulary);
  const vocabulary = await naming(files.json ?? "", () => withAdded(own, json["added_tokens"]));
  const normalizer = bertNormalizer(member(json, "normalizer"));
  const lower =
    lowerCase ?? truth(config["do_lower_case"]) ?? truth(normalizer["lowercase"]) ?? isLowerCased(vocabulary);
  const strip = truth(config["strip_accents"]) ?? truth(normalizer["strip_accents"]) ?? lower;
  const chinese =
    truth(config["tokenize_chinese_chars"]) ?? truth(normalizer["handle_chinese_chars"]) ?? true;
  const longest = member(json, "model")["max_input_chars_per_word"];
  const limit = config["model_max_length"];
  return {
    vocabulary,
    settings: {
      type: "wordpiece",
      lowerCase: lower,
      stripAccents: strip,
      splitChinese: chinese,
      unknown: token(config["unk_token"], "[UNK]"),
      cls: token(config["cls_token"], "[CLS]"),
      sep: token(config["sep_token"], "[SEP]"),
      pad: vocabulary.includes(token(config["pad_token"], "[PAD]"))
        ? token(config["pad_token"], "[PAD]")
        : null,
      // Google's code has 200; these models were trained and measured with Hugging Face's, which has 100.
      maxWordLength: typeof longest === "number" && longest > 0 && longest < 1e6 ? longest : 100,
    },
    // Where nobody set a limit the file says 10^30.
    ...(typeof limit === "number" && limit >= 2 && limit < 1e6 ? { maxTokens: Math.floor(limit) } : {}),
  };
}

function refuseOtherKinds(files: TokenizerFiles, config: Members, json: Members): void {
  const name = config["tokenizer_class"];
  const known = /^(Bert|DistilBert|PreTrained)Tokenizer(Fast)?$|^TokenizersBackend$/;
  if (typeof name === "string" && !known.test(name)) {
    throw unsupported(`${files.config}: the tokenizer is a ${name}; bertops reads BERT's (WordPiece).`);
  }
  const type = member(json, "model")["type"];
  if (type !== undefined && type !== "WordPiece") {
    throw unsupported(
      `${files.json}: the tokenizer is of type ${JSON.stringify(type)}; bertops reads WordPiece.`,
    );
  }
}

/** BERT's normalizer, alone or in a sequence. */
function bertNormalizer(normalizer: Members): Members {
  const parts: unknown = normalizer["normalizers"];
  const all = [normalizer, ...(Array.isArray(parts) ? (parts as Members[]) : [])];
  return all.find((part) => part["type"] === "BertNormalizer") ?? {};
}

function vocabularyIn(model: Members): Vocabulary {
  const pieces: string[] = [];
  for (const [piece, id] of Object.entries(member(model, "vocab"))) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 4_000_000 || /[\r\n]/.test(piece)) {
      throw new Corrupt("has a vocabulary with impossible ids");
    }
    pieces[id] = piece;
  }
  if (pieces.length === 0) throw new Corrupt("has no vocabulary");
  // An id that no piece has is an empty line, which no text can give.
  return Array.from(pieces, (piece: string | undefined) => piece ?? "");
}

/** Pieces that were added behind the vocabulary's end; others say nothing new. */
function withAdded(vocabulary: Vocabulary, added: unknown): Vocabulary {
  const pieces = [...vocabulary];
  for (const entry of Array.isArray(added) ? (added as unknown[]) : []) {
    const { id, content } = (entry ?? {}) as Members;
    if (typeof id !== "number" || typeof content !== "string" || id < vocabulary.length) continue;
    if (!Number.isInteger(id) || id > 4_000_000 || /[\r\n]/.test(content))
      throw new Corrupt("has an added token with an impossible id");
    pieces[id] = content;
  }
  return Array.from(pieces, (piece: string | undefined) => piece ?? "");
}

function member(object: Members, name: string): Members {
  const value = object[name];
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

function truth(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A special token, as text or as an object that holds it. */
function token(value: unknown, otherwise: string): string {
  if (typeof value === "string") return value;
  const content = typeof value === "object" && value !== null ? (value as Members)["content"] : undefined;
  return typeof content === "string" ? content : otherwise;
}
