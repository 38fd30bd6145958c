/** What a program accepts: each option's long name, and whether a value follows. Short ones are single letters. */
export interface OptionSpec {
  readonly flags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

/** A command line, taken apart as getopt_long does. */
export interface ParsedOptions {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** The first option that the program does not know. */
  readonly unknown?: string;
}

/** Takes a command line apart: `-no SOURCE`, `--output=SOURCE`, `--`, options after operands. */
export function parseOptions(words: readonly string[], spec: OptionSpec): ParsedOptions {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const keep = (name: string, value: string): void =>
    void values.set(name, [...(values.get(name) ?? []), value]);
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      operands.push(...queue);
      break;
    }
    if (word.startsWith("--")) {
      const [name, given] = splitOnce(word.slice(2));
      if (Object.values(spec.values).includes(name)) keep(name, given ?? queue.shift() ?? "");
      else if (Object.values(spec.flags).includes(name)) flags.add(name);
      else return { flags, values, operands, unknown: word };
    } else if (word.startsWith("-") && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        const valued = spec.values[letter];
        const flag = spec.flags[letter];
        if (valued !== undefined) {
          keep(valued, word.slice(at + 1) || (queue.shift() ?? ""));
          break;
        }
        if (flag === undefined) return { flags, values, operands, unknown: `-${letter}` };
        flags.add(flag);
      }
    } else {
      operands.push(word);
    }
  }
  return { flags, values, operands };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
