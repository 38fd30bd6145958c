import { existsSync, statfsSync } from "node:fs";
import { posix } from "node:path";
import type { Line } from "../mounts/mount-table.ts";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { table } from "./table.ts";

const SPEC = {
  flags: {
    h: "human-readable",
    H: "si",
    k: "kilobytes",
    m: "megabytes",
    P: "portability",
    T: "print-type",
    a: "all",
    l: "local",
    i: "inodes",
    v: "verbose",
  },
  values: { t: "type", x: "exclude-type", B: "block-size", "-": "output" },
};
const KIB = 1024;
/** What every EFS file system says it has: 8 EiB, less a megabyte. */
const EFS_KIB = 9_007_199_254_739_968;

/** df(1): the file systems and how full they are. */
export const df: Program = (call, inside, voice) => {
  // --output stands alone or with `=LIST`, as no other option does.
  const words = call.words.map((word) => (word === "--output" ? "--output=" : word));
  const { flags, values, operands, unknown } = parseOptions(words, SPEC);
  if (unknown !== undefined) return fail(voice, `df: unrecognized option '${unknown}'`);
  let code = 0;
  const lines: Line[] = [];
  for (const operand of operands) {
    const path = posix.resolve(call.directory, operand);
    const byName = inside.mounts.lines.find((line) => line.source === operand);
    if (byName !== undefined) lines.push(byName);
    else if (existsSync(inside.path(path))) lines.push(inside.mounts.lineHolding(path));
    else code = fail(voice, `df: ${operand}: No such file or directory`);
  }
  const types = values.get("type");
  const excluded = values.get("exclude-type");
  const chosen = (operands.length === 0 ? inside.mounts.lines : lines).filter(
    (line) => (types?.includes(line.type) ?? true) && !(excluded?.includes(line.type) ?? false),
  );
  if (chosen.length === 0) return code === 0 ? fail(voice, "df: no file systems processed") : code;
  const unit = unitOf(flags, values);
  const columns = columnsOf(flags, values, unit);
  const rows = chosen.map((line) => {
    const size = sizeOf(line, inside);
    return columns.map(({ field }) => valueOf(field, line, size, unit));
  });
  const numbers = new Set(
    columns.flatMap(({ field }, at) => (["size", "used", "avail", "pcent"].includes(field) ? [at] : [])),
  );
  for (const text of table([columns.map(({ title }) => title), ...rows], numbers)) voice.out(text);
  return code;
};

interface Size {
  readonly kib: number;
  readonly used: number;
  readonly available: number;
}

function sizeOf(line: Line, inside: Inside): Size {
  if (line.target !== "/") return { kib: EFS_KIB, used: 0, available: EFS_KIB };
  const { bsize, blocks, bfree, bavail } = statfsSync(inside.machine.root);
  const kib = (count: number): number => Math.round((count * bsize) / KIB);
  return { kib: kib(blocks), used: kib(blocks - bfree), available: kib(bavail) };
}

function unitOf(
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, readonly string[]>,
): number | "human" {
  if (flags.has("human-readable") || flags.has("si")) return "human";
  if (flags.has("megabytes")) return KIB * KIB;
  const size = /^(\d*)([KMG]?)B?$/iu.exec(values.get("block-size")?.at(-1) ?? "1K");
  const power = { "": 0, K: 1, M: 2, G: 3 }[(size?.[2] ?? "").toUpperCase()] ?? 1;
  return Math.max(1, Number(size?.[1] || 1)) * KIB ** power;
}

function columnsOf(
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, readonly string[]>,
  unit: number | "human",
): { field: string; title: string }[] {
  const title: Record<string, string> = {
    source: "Filesystem",
    fstype: "Type",
    size:
      unit === "human"
        ? "Size"
        : unit === KIB
          ? flags.has("portability")
            ? "1024-blocks"
            : "1K-blocks"
          : `${unit}-blocks`,
    used: "Used",
    avail: unit === "human" ? "Avail" : "Available",
    pcent: flags.has("portability") ? "Capacity" : "Use%",
    target: "Mounted on",
  };
  const given = values
    .get("output")
    ?.flatMap((each) => each.split(","))
    .filter((each) => title[each] !== undefined);
  const all = [
    "source",
    ...(flags.has("print-type") ? ["fstype"] : []),
    "size",
    "used",
    "avail",
    "pcent",
    "target",
  ];
  return (given === undefined || given.length === 0 ? all : given).map((field) => ({
    field,
    title: title[field] ?? field,
  }));
}

function valueOf(field: string, line: Line, size: Size, unit: number | "human"): string {
  const amount = (kib: number): string =>
    unit === "human" ? human(kib) : String(Math.ceil((kib * KIB) / unit));
  if (field === "source") return line.source;
  if (field === "fstype") return line.type;
  if (field === "size") return amount(size.kib);
  if (field === "used") return amount(size.used);
  if (field === "avail") return amount(size.available);
  if (field === "target") return line.target;
  return `${Math.ceil((100 * size.used) / Math.max(1, size.used + size.available))}%`;
}

/** Amounts as `df -h` writes them: one decimal below ten. */
function human(kib: number): string {
  const units = ["K", "M", "G", "T", "P", "E"];
  let value = kib;
  let at = 0;
  while (value >= KIB && at < units.length - 1) {
    value /= KIB;
    at += 1;
  }
  if (kib === 0) return "0";
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${units[at] ?? ""}`;
}
