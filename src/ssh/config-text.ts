/** A line of ssh's configuration that says something. */
export interface ConfigLine {
  /** In lower case: `hostname`, `host`, `match`, `include`. */
  readonly keyword: string;
  /** What follows, taken apart at blanks, without its quotes. */
  readonly words: readonly string[];
  /** What follows as it stands, for commands. */
  readonly rest: string;
  /** `FILE line N`, for messages. */
  readonly where: string;
  /** The lines of the files that an `Include` names. */
  readonly included?: readonly (readonly ConfigLine[])[];
}

/** Takes a text apart into lines; comments and blank lines say nothing. */
export function readConfigText(text: string, file: string): readonly ConfigLine[] {
  return text.split(/\r?\n/u).flatMap((line, index) => {
    const match = /^\s*(?<keyword>[A-Za-z]+)(?:\s*=\s*|\s+)(?<rest>\S.*?)\s*$/u.exec(line);
    if (match?.groups === undefined) return [];
    const { keyword = "", rest = "" } = match.groups;
    return [
      {
        keyword: keyword.toLowerCase(),
        words: wordsOf(rest),
        rest,
        where: `${file} line ${index + 1}`,
      },
    ];
  });
}

/** Blanks separate words, double quotes hold them together, a # that begins a word begins a comment. */
function wordsOf(rest: string): readonly string[] {
  const words: string[] = [];
  for (const match of rest.matchAll(/"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>\S+)/gu)) {
    const { quoted, bare } = match.groups ?? {};
    if (bare?.startsWith("#") === true) break;
    words.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll(/\\(["\\])/gu, "$1"));
  }
  return words;
}
