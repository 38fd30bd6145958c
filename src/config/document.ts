import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { EXIT, UserError } from "../errors.ts";
import { ALL_FIELDS } from "./fields.ts";
import { nearest } from "./nearest.ts";
import { badConfig, type Problem } from "./problems.ts";

/** What stands in a bertops.yaml, by path, with the line of each value. */
export interface Document {
  readonly file: string;
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly line: number }>;
}

function readSource(source: string, file: string): string {
  try {
    return readFileSync(source, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "EISDIR" ? "it is a directory" : code === "EACCES" ? "you are not allowed to" : code;
    throw new UserError({
      reason: "unreadable-config",
      message: `Cannot read ${file}: ${why ?? String(cause)}.`,
      hint: "Name another file with --config, or the environment with --env.",
      exitCode: EXIT.usage,
      cause,
    });
  }
}

/** Reads a bertops.yaml into paths and values; `file` is how messages call it. Problems of shape (unknown keys, a text where a section belongs) are added to `problems`. */
export function readDocument(source: string, file: string, problems: Problem[]): Document {
  const lines = new LineCounter();
  const parsed = parseDocument(readSource(source, file), { lineCounter: lines, prettyErrors: false });
  const syntax = parsed.errors[0];
  if (syntax !== undefined)
    throw badConfig([{ message: `${file}:${lines.linePos(syntax.pos[0]).line}: ${syntax.message}` }]);
  const values = new Map<string, { value: unknown; line: number }>();
  const lineOf = (node: { range?: Node["range"] }): number => lines.linePos(node.range?.[0] ?? 0).line;

  const walk = (node: unknown, prefix: string): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const path = prefix === "" ? String(key.value) : `${prefix}.${String(key.value)}`;
      const line = lineOf(key);
      if (ALL_FIELDS.some((field) => field.path === path)) {
        const found = isNode(value) ? (value.toJS(parsed) as unknown) : value;
        // A key without a value is a key that is not set.
        if (found !== null && found !== undefined) values.set(path, { value: found, line });
      } else if (isSection(path)) {
        if (isMap(value)) walk(value, path);
        else if (!isScalar(value) || value.value !== null)
          problems.push({
            message: `${file}:${line}: ${path} must be a section with ${keysOf(path).join(", ")}`,
          });
      } else problems.push(unknownKey(file, line, path, prefix));
    }
  };
  const root = parsed.contents;
  if (root !== null && !isMap(root)) {
    if (!isScalar(root) || root.value !== null)
      problems.push({ message: `${file}:1: a bertops.yaml holds settings, such as "name: demo"` });
  } else walk(root, "");
  return { file, values };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "toJS" in value;
}

function isSection(path: string): boolean {
  return ALL_FIELDS.some((field) => field.path.startsWith(`${path}.`));
}

function keysOf(section: string): readonly string[] {
  const prefix = section === "" ? "" : `${section}.`;
  const keys = ALL_FIELDS.filter(({ path }) => path.startsWith(prefix)).map(
    ({ path }) => path.slice(prefix.length).split(".")[0] ?? "",
  );
  return [...new Set(keys)];
}

function unknownKey(file: string, line: number, path: string, section: string): Problem {
  const key = path.slice(section === "" ? 0 : section.length + 1);
  const near = nearest(key, keysOf(section));
  // A key in the wrong section is as common as a misspelt one.
  const elsewhere = ALL_FIELDS.find((field) => field.path.endsWith(`.${key}`) || field.path === key)?.path;
  const meant = near === undefined ? elsewhere : section === "" ? near : `${section}.${near}`;
  return {
    message: `${file}:${line}: there is no setting ${path}`,
    hint:
      meant === undefined
        ? `${section === "" ? "Settings" : `Settings of ${section}`} are: ${keysOf(section).join(", ")}.`
        : `Did you mean ${meant}?`,
  };
}
