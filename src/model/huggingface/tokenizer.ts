import { readJsonObject } from "../config-file.ts";
import { Corrupt, naming } from "../corrupt.ts";
import type { TokenizerSettings } from "../prepared/settings.ts";
import { unsupported } from "../unsupported.ts";
import { withAddedTokens } from "./added-tokens.ts";
import { bertNormalizer, checkPipeline, member } from "./tokenizer-pipeline.ts";
import { isLowerCased, readVocabulary, type Vocabulary } from "../vocabulary.ts";

/** The tokenizer's files of a Hugging Face directory; at least one of `vocabulary` and `json` is there. */
export interface TokenizerFiles {
  readonly vocabulary?: string;
  readonly json?: string;
  readonly config?: string;
  readonly added?: string;
}

/** What was read of them. */
export interface TokenizerContent {
  readonly vocabulary: Vocabulary;
  readonly settings: TokenizerSettings;
  /** The most tokens of one text, where the files say so. */
  readonly maxTokens?: number;
}

/** What the reader must know of the model, and what a caller knows better than the files. */
export interface TokenizerOptions {
  /** Rows of the word embeddings. */
  readonly rows: number;
  readonly lowerCase: boolean | undefined;
}

const LARGEST_TOKENIZER = 16 * 1024 * 1024;
type Members = Readonly<Record<string, unknown>>;

/** Reads a WordPiece tokenizer from vocab.txt, tokenizer.json and tokenizer_config.json, whichever are there. */
export async function readTokenizer(
  files: TokenizerFiles,
  { rows, lowerCase }: TokenizerOptions,
): Promise<TokenizerContent> {
  const config = files.config === undefined ? {} : await readJsonObject(files.config);
  const json = files.json === undefined ? {} : await readJsonObject(files.json, LARGEST_TOKENIZER);
  refuseOtherKinds(files, config, json);
  const own =
    files.vocabulary === undefined
      ? await naming(files.json ?? "", () => vocabularyIn(member(json, "model")))
      : await readVocabulary(files.vocabulary);
  const byText = files.added === undefined ? {} : await readJsonObject(files.added);
  const added = { listed: json["added_tokens"], byId: config["added_tokens_decoder"], byText };
  const vocabulary = await naming(files.json ?? files.config ?? "", () => withAddedTokens(own, added, rows));
  const normalizer = bertNormalizer(json);
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
  const known =
    /^(Bert|DistilBert|PreTrained|DPR(ContextEncoder|QuestionEncoder|Reader))Tokenizer(Fast)?$|^TokenizersBackend$/;
  if (typeof name === "string" && !known.test(name)) {
    throw unsupported(`${files.config}: the tokenizer is a ${name}; bertops reads BERT's (WordPiece).`);
  }
  const type = member(json, "model")["type"];
  if (type !== undefined && type !== "WordPiece") {
    throw unsupported(
      `${files.json}: the tokenizer is of type ${JSON.stringify(type)}; bertops reads WordPiece.`,
    );
  }
  if (files.json !== undefined) checkPipeline(files.json, json);
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

function truth(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A special token, as text or as an object that holds it. */
function token(value: unknown, otherwise: string): string {
  if (typeof value === "string") return value;
  const content = typeof value === "object" && value !== null ? (value as Members)["content"] : undefined;
  return typeof content === "string" ? content : otherwise;
}
