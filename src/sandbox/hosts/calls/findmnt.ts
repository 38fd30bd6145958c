import { posix } from "node:path";
import { readFileSync } from "node:fs";
import { parseFstab } from "../mounts/fstab.ts";
import type { Line } from "../mounts/mount-table.ts";
import { fail } from "./call.ts";
import type { Call, Program } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { table } from "./table.ts";

const SPEC = {
  flags: {
    n: "noheadings",
    J: "json",
    r: "raw",
    P: "pairs",
    l: "list",
    k: "kernel",
    m: "mtab",
    s: "fstab",
    f: "first-only",
    A: "all",
    a: "ascii",
    b: "bytes",
    u: "notruncate",
    e: "evaluate",
    c: "canonicalize",
    C: "nocanonicalize",
    v: "nofsroot",
    R: "submounts",
    U: "uniq",
    i: "invert",
    D: "df",
    y: "shell",
    x: "verify",
    V: "version",
  },
  values: {
    o: "output",
    M: "mountpoint",
    T: "target",
    S: "source",
    t: "types",
    O: "options",
    F: "tab-file",
    w: "timeout",
  },
};

const COLUMNS: Record<string, (line: Line, at: number) => string> = {
  SOURCE: (line) => line.source,
  TARGET: (line) => line.target,
  FSTYPE: (line) => line.type,
  OPTIONS: (line) => line.options.join(","),
  "VFS-OPTIONS": (line) => line.options.filter((each) => VFS.has(each)).join(","),
  "FS-OPTIONS": (line) => line.options.filter((each) => !VFS.has(each)).join(","),
  FSROOT: () => "/",
  PROPAGATION: () => "shared",
  ID: (_, at) => String(27 + at),
  PARENT: (_, at) => (at === 0 ? "1" : "27"),
  "MAJ:MIN": (_, at) => (at === 0 ? "259:1" : `0:${51 + at}`),
  UUID: () => "",
  LABEL: () => "",
};
const VFS = new Set(["rw", "ro", "relatime", "noatime", "nosuid", "nodev", "noexec"]);

/** findmnt(8): what is mounted where. */
export const findmnt: Program = (call, inside, voice) => {
  const { flags, values, operands, unknown } = parseOptions(call.words, SPEC);
  if (unknown !== undefined) return fail(voice, `findmnt: unrecognized option '${unknown}'`);
  const chosen = values.get("output")?.join(",").toUpperCase().split(",");
  const columns = chosen ?? ["TARGET", "SOURCE", "FSTYPE", "OPTIONS"];
  const strange = columns.find((column) => COLUMNS[column] === undefined);
  if (strange !== undefined) return fail(voice, `findmnt: unknown column: ${strange}`);
  const every: readonly Line[] = flags.has("fstab") ? fstab(inside) : inside.mounts.lines;
  let lines = every.filter(filterOf(call, inside, values, operands));
  if (flags.has("first-only")) lines = lines.slice(-1);
  if (lines.length === 0) return 1;
  const rows = lines.map((line) =>
    columns.map((column) => {
      const value = COLUMNS[column]?.(line, every.indexOf(line)) ?? "";
      return column === "TARGET" ? value : value;
    }),
  );
  if (flags.has("json")) {
    const names = columns.map((column) => column.toLowerCase());
    const filesystems = rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at], value])));
    for (const text of JSON.stringify({ filesystems }, null, 3).split("\n")) voice.out(text);
    return 0;
  }
  const headings = flags.has("noheadings") ? [] : [columns];
  for (const text of written(flags, columns, headings, rows)) voice.out(text);
  return 0;
};

function written(
  flags: ReadonlySet<string>,
  columns: readonly string[],
  headings: readonly (readonly string[])[],
  rows: readonly (readonly string[])[],
): string[] {
  if (flags.has("pairs")) {
    return rows.map((row) => row.map((value, at) => `${columns[at] ?? ""}="${value}"`).join(" "));
  }
  if (flags.has("raw")) {
    return [...headings, ...rows].map((row) => row.map((value) => value.replaceAll(" ", "\\x20")).join(" "));
  }
  return table([...headings, ...rows]);
}

function filterOf(
  call: Call,
  inside: Inside,
  values: ReadonlyMap<string, readonly string[]>,
  operands: readonly string[],
): (line: Line) => boolean {
  const absolute = (path: string): string => posix.resolve(call.directory, path).replace(/(?<=.)\/$/u, "");
  const types = values.get("types")?.flatMap((each) => each.split(","));
  const options = values.get("options")?.flatMap((each) => each.split(","));
  const target = values.get("target")?.at(-1);
  const point = values.get("mountpoint")?.at(-1) ?? operands[1];
  const source = values.get("source")?.at(-1) ?? (operands.length > 1 ? operands[0] : undefined);
  const either = operands.length === 1 ? operands[0] : undefined;
  const holding = target === undefined ? undefined : inside.mounts.lineHolding(absolute(target)).target;
  return (line) =>
    (types?.includes(line.type) ?? true) &&
    (options?.every((option) => line.options.includes(option)) ?? true) &&
    (holding === undefined || line.target === holding) &&
    (point === undefined || line.target === absolute(point)) &&
    (source === undefined || line.source === source) &&
    (either === undefined || line.source === either || line.target === absolute(either));
}

function fstab(inside: Inside): Line[] {
  return parseFstab(readFileSync(inside.path("/etc/fstab"), "utf8"));
}
