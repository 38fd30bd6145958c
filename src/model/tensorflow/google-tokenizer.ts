import type { TokenizerSettings } from "../prepared/settings.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** The tokenizer of Google's published code for this vocabulary. */
export function googleTokenizer(vocabulary: Vocabulary, lowerCase: boolean): TokenizerSettings {
  return {
    type: "wordpiece",
    lowerCase,
    stripAccents: lowerCase,
    splitChinese: true,
    unknown: "[UNK]",
    cls: "[CLS]",
    sep: "[SEP]",
    pad: vocabulary.includes("[PAD]") ? "[PAD]" : null,
    maxWordLength: 200,
  };
}
