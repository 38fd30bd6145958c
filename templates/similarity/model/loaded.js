import { EmbeddingCache } from "../queue/embedding-cache.js";
import { startJsonTokenizer } from "../tokenizer/json-tokenizer.js";
import { createTokenizer } from "../tokenizer/tokenizer.js";
import { readVocabulary } from "../tokenizer/vocabulary.js";
import { parseDescription } from "./description.js";

/** @import { Engine } from "../inference/engine.js" */
/** @import { PendingText } from "../queue/pending-text.js" */
/** @import { Encoding } from "../tokenizer/tokenizer.js" */
/** @import { Description } from "./description.js" */
/** @import { Source } from "./store-watch.js" */

/**
 * A model that answers, with everything that belongs to it and goes with it.
 * @typedef {object} LoadedModel
 * @property {string} name
 * @property {string} version
 * @property {Source} source where it was loaded from
 * @property {Description} description
 * @property {(texts: readonly string[]) => Encoding[] | Promise<Encoding[]>} tokenize
 * @property {Engine} engine
 * @property {EmbeddingCache} cache
 * @property {Map<string, PendingText>} pending texts that wait or are computed, so that others can join
 * @property {Date} loadedAt
 * @property {number} loadMilliseconds
 * @property {number} bytes
 * @property {() => Promise<void>} close ends its process and its tokenizer
 */

/**
 * Rejects when the model's tokenizer can't be used; the engine is ended then.
 * @param {{ engine: Engine, name: string, source: Source, cacheBytes: number, loadMilliseconds: number, bytes: number }} parts
 * @returns {Promise<LoadedModel>}
 */
export async function assembleModel({ engine, name, source, cacheBytes, loadMilliseconds, bytes }) {
  const description = parseDescription(engine.description);
  const tokenizer = await openTokenizer(description, engine.vocabulary).catch(async (error) => {
    await engine.close();
    throw error;
  });
  return {
    name,
    version: source.version,
    source,
    description,
    engine,
    tokenize: tokenizer.tokenize,
    cache: new EmbeddingCache(cacheBytes),
    pending: new Map(),
    loadedAt: new Date(),
    loadMilliseconds,
    bytes,
    close: async () => {
      await Promise.all([engine.close(), tokenizer.close()]);
    },
  };
}

/**
 * @param {Description} description
 * @param {string} vocabulary
 * @returns {Promise<{ tokenize: LoadedModel["tokenize"], close: () => Promise<void> }>}
 */
async function openTokenizer({ tokenizer, maxTokens }, vocabulary) {
  if (tokenizer.type === "tokenizer.json")
    return startJsonTokenizer({ json: vocabulary, maxTokens, lowerCase: tokenizer.lowerCase });
  const { lowerCase, stripAccents, splitChinese, maxWordLength } = tokenizer;
  const tokenize = createTokenizer({
    vocabulary: readVocabulary(vocabulary, tokenizer),
    lowerCase,
    stripAccents,
    splitIdeographs: splitChinese,
    maxWordLength,
    maxTokens,
  });
  return { tokenize: (texts) => texts.map(tokenize), close: async () => {} };
}
