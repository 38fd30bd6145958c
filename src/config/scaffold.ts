import type { Field } from "./field.ts";
import { ALL_FIELDS, FIELDS } from "./fields.ts";

/** Values that a new bertops.yaml states; everything else is written as a comment with its default. */
export interface ScaffoldValues {
  readonly name: string;
  readonly region: string | undefined;
}

/** Settings that a new file states even where they are the default: what most people change first. */
const STATED: readonly Field<unknown>[] = [
  FIELDS.name,
  FIELDS.region,
  FIELDS.serviceDirectory,
  FIELDS.instanceType,
  FIELDS.instancesMin,
  FIELDS.instancesMax,
  FIELDS.modelName,
];

/** The text of a new bertops.yaml, with every setting and what it means. */
export function renderConfigFile(values: ScaffoldValues): string {
  const lines = [
    "# What bertops creates and keeps up to date. Every setting is here; the commented ones show their defaults",
    "# or an example. `bertops plan` says what a change would do.",
    "",
  ];
  const stated = new Map<Field<unknown>, string>([
    [FIELDS.name, values.name],
    ...(values.region === undefined ? [] : [[FIELDS.region, values.region] as const]),
  ]);
  let sections: readonly string[] = [];
  for (const field of ALL_FIELDS) {
    const keys = field.path.split(".");
    const parents = keys.slice(0, -1);
    const active = STATED.includes(field) && (field !== FIELDS.region || stated.has(field));
    if (parents.length === 0 && sections.length > 0) lines.push("");
    for (const [depth, section] of parents.entries()) {
      if (sections[depth] === section) continue;
      if (depth === 0) lines.push("");
      lines.push(`${"  ".repeat(depth)}${hasStated(parents.slice(0, depth + 1)) ? "" : "# "}${section}:`);
    }
    sections = parents;
    const indent = "  ".repeat(parents.length);
    for (const line of wrap(field.doc, 108 - indent.length)) lines.push(`${indent}# ${line}`);
    const value = stated.get(field) ?? field.example;
    lines.push(`${indent}${active ? "" : "# "}${keys.at(-1)}: ${value}`);
  }
  return `${lines.join("\n").replaceAll(/\n{3,}/gu, "\n\n")}\n`;
}

function hasStated(section: readonly string[]): boolean {
  return STATED.some(({ path }) => path.startsWith(`${section.join(".")}.`));
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
