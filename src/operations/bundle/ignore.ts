/** Decides by patterns in the language of .gitignore, which .ebignore shares. */
export class IgnoreRules {
  readonly #rules: readonly {
    readonly matches: RegExp;
    readonly include: boolean;
    readonly directory: boolean;
  }[];

  constructor(text: string) {
    this.#rules = text.split(/\r?\n/u).flatMap((line) => parseRule(line) ?? []);
  }

  /** Is this path left out? Paths are relative with `/`; a directory that is left out takes all in it along. */
  ignores(path: string, directory: boolean): boolean {
    let ignored = false;
    for (const rule of this.#rules)
      if ((directory || !rule.directory) && rule.matches.test(path)) ignored = !rule.include;
    return ignored;
  }
}

function parseRule(
  line: string,
): { readonly matches: RegExp; readonly include: boolean; readonly directory: boolean } | undefined {
  // Blanks at the end do not count unless they are escaped.
  let pattern = line.replace(/(?<!\\)\s+$/u, "");
  if (pattern === "" || pattern.startsWith("#")) return undefined;
  const include = pattern.startsWith("!");
  if (include) pattern = pattern.slice(1);
  const directory = pattern.endsWith("/");
  if (directory) pattern = pattern.slice(0, -1);
  // A slash anywhere but at the end ties the pattern to the root.
  const anchored = pattern.includes("/");
  if (pattern.startsWith("/")) pattern = pattern.slice(1);
  if (pattern === "") return undefined;
  return {
    matches: new RegExp(`^${anchored ? "" : "(?:.*/)?"}${translate(pattern)}$`, "u"),
    include,
    directory,
  };
}

function translate(pattern: string): string {
  let expression = "";
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const character = pattern[at] ?? "";
    const set = /^\[(!|\^)?(\]?[^\]]*)\]/u.exec(rest);
    if (rest.startsWith("**/")) {
      expression += "(?:.*/)?";
      at += 2;
    } else if (rest === "**") {
      expression += ".*";
      at += 1;
    } else if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (set !== null) {
      expression += `[${set[1] === undefined ? "" : "^"}${(set[2] ?? "").replaceAll(/[\\\]]/gu, String.raw`\$&`)}]`;
      at += set[0].length - 1;
    } else if (character === "\\" && at + 1 < pattern.length) {
      at += 1;
      expression += escape(pattern[at] ?? "");
    } else expression += escape(character);
  }
  return expression;
}

function escape(character: string): string {
  return character.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
