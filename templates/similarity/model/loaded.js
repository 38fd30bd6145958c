import { EmbeddingCache } from "../queue/embedding-cache.js";
import { createTokenizer } from "../tokenizer/tokenizer.js";
import { readVocabulary } from "../tokenizer/vocabulary.js";
import { parseDescription } from "./description.js";

/** @import { Engine } from "../inference/engine.js" */
/** @import { PendingText } from "../queue/pending-text.js" */
/** @import { Tokenizer } from "../tokenizer/tokenizer.js" */
/** @import { Description } from "./description.js" */
/** @import { Source } from "./store-watch.js" */

/**
 * A model that answers, with everything that belongs to it and goes with it.
 * @typedef {object} LoadedModel
 * @property {string} name
 * @property {string} version
 * @property {Source} source where it was loaded from
 * @property {Description} description
 * @property {Tokenizer} tokenize
 * @property {Engine} engine
 * @property {EmbeddingCache} cache
 * @property {Map<string, PendingText>} pending texts that wait or are computed, so that others can join
 * @property {Date} loadedAt
 * @property {number} loadMilliseconds
 * @property {number} bytes
 */

/**
 * @param {{ engine: Engine, name: string, source: Source, cacheBytes: number, loadMilliseconds: number, bytes: number }} parts
 * @returns {LoadedModel}
 */
export function assembleModel({ engine, name, source, cacheBytes, loadMilliseconds, bytes }) {
  const description = parseDescription(engine.description);
  const { tokenizer } = description;
  return {
    name,
    version: source.version,
    source,
    description,
    engine,
    tokenize: createTokenizer({
      vocabulary: readVocabulary(engine.vocabulary, tokenizer),
      lowerCase: tokenizer.lowerCase,
      stripAccents: tokenizer.stripAccents,
      splitIdeographs: tokenizer.splitChinese,
      maxWordLength: tokenizer.maxWordLength,
      maxTokens: description.maxTokens,
    }),
    cache: new EmbeddingCache(cacheBytes),
    pending: new Map(),
    loadedAt: new Date(),
    loadMilliseconds,
    bytes,
  };
}
