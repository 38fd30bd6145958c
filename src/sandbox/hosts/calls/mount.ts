import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { parseFstab } from "../mounts/fstab.ts";
import type { FstabLine } from "../mounts/fstab.ts";
import { fileSystemOfName } from "../mounts/efs-request.ts";
import { mountEfs } from "../mounts/mount-efs.ts";
import type { Line } from "../mounts/mount-table.ts";
import { fail } from "./call.ts";
import type { Answer, Program, Voice } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { realProgram } from "./real-program.ts";

const SPEC = {
  flags: {
    a: "all",
    v: "verbose",
    l: "show-labels",
    n: "no-mtab",
    r: "read-only",
    w: "rw",
    F: "fork",
    f: "fake",
    B: "bind",
    R: "rbind",
    M: "move",
    V: "version",
    h: "help",
    i: "internal-only",
    s: "sloppy",
  },
  values: { t: "types", o: "options", O: "test-opts", T: "fstab", L: "label", U: "uuid" },
};

/** mount(8). */
export const mount: Program = (call, inside, voice) => {
  const { flags, values, operands, unknown } = parseOptions(call.words, SPEC);
  if (unknown !== undefined) return fail(voice, `mount: unrecognized option '${unknown}'`);
  const type = values.get("types")?.at(-1);
  if (flags.has("version")) {
    voice.out("mount from util-linux 2.37.4 (sandbox)");
    return 0;
  }
  if (!flags.has("all") && operands.length === 0) return list(inside, voice, type);
  if (call.user !== "root") {
    return fail(voice, `mount: ${operands.at(-1) ?? "/"}: must be superuser to use mount.`);
  }
  if (flags.has("all")) return mountAll(inside, voice, type);
  const options = (values.get("options") ?? []).flatMap((each) => each.split(","));
  if (flags.has("bind") || flags.has("rbind") || flags.has("move") || options.includes("remount")) {
    return elsewhere(inside, voice, operands.at(-1) ?? "");
  }
  const [first = "", second] = operands;
  if (second === undefined) {
    const wanted = posix.resolve(call.directory, first);
    const line = fstab(inside).find((each) => each.source === first || each.target === wanted);
    if (line === undefined) return fail(voice, `mount: ${wanted}: can't find in /etc/fstab.`);
    return mountLine({ ...line, options: [...line.options, ...options] }, inside, voice);
  }
  const line = {
    source: first,
    target: posix.resolve(call.directory, second),
    type: type ?? "auto",
    options,
  };
  return mountLine(line, inside, voice);
};

/** The mount helper itself: `mount.efs SOURCE TARGET -o OPTIONS`. */
export const mountHelper: Program = (call, inside, voice) => {
  const { values, operands } = parseOptions(call.words, SPEC);
  const [source, target] = operands;
  if (call.user !== "root") return fail(voice, "only root can run mount.efs");
  if (source === undefined || target === undefined) {
    return fail(voice, "Usage: mount.efs [--version] [-h|--help] <fsname> <mountpoint> [-o <options>]", 0);
  }
  const options = (values.get("options") ?? []).flatMap((each) => each.split(","));
  return mountEfs({ source, target: posix.resolve(call.directory, target), options }, inside, voice);
};

/**
 * `mount -a`, and what a boot does: every line of fstab that mounts by itself. A failure lets the others go on, and
 * `nofail` does not hide it.
 */
export async function mountAll(inside: Inside, voice: Voice, type?: string): Promise<number> {
  let worst = 0;
  let failures = 0;
  const lines = fstab(inside).filter((line) => line.target !== "/" && line.type !== "swap");
  for (const line of lines) {
    if (line.options.includes("noauto") || (type !== undefined && !type.split(",").includes(line.type)))
      continue;
    const answer = await mountLine(line, inside, voice);
    if (answer !== 0) {
      failures += 1;
      worst = typeof answer === "number" ? answer : 32;
    }
  }
  if (failures === 0) return 0;
  return failures < lines.length ? 64 : worst === 0 ? 0 : 32;
}

async function mountLine(line: FstabLine, inside: Inside, voice: Voice): Promise<Answer> {
  const target = posix.normalize(line.target);
  if (line.type === "efs") {
    if (!inside.packages.has("amazon-efs-utils")) {
      return fail(voice, `mount: ${target}: unknown filesystem type 'efs'.`, 32);
    }
    return mountEfs({ ...line, target }, inside, voice);
  }
  const host = line.source.split(":")[0] ?? "";
  if (line.type === "nfs4" || line.type === "nfs" || (line.type === "auto" && line.source.includes(":/"))) {
    if (fileSystemOfName(host) === undefined) {
      return fail(voice, `mount.nfs4: Failed to resolve server ${host}: Name or service not known`, 32);
    }
    return mountEfs({ ...line, target }, inside, voice);
  }
  return elsewhere(inside, voice, target);
}

/** What is none of EFS: the kernel's business where there is a namespace. */
function elsewhere(inside: Inside, voice: Voice, target: string): Answer {
  const real = realProgram("mount");
  if (inside.machine.isolation !== "prefix" && real !== undefined) return { run: real };
  return fail(voice, `mount: ${target}: permission denied.`, 32);
}

function list(inside: Inside, voice: Voice, type: string | undefined): number {
  const told = (line: Line): boolean => type === undefined || type.split(",").includes(line.type);
  for (const line of inside.mounts.lines.filter(told)) {
    voice.out(`${line.source} on ${line.target} type ${line.type} (${line.options.join(",")})`);
  }
  return 0;
}

function fstab(inside: Inside): FstabLine[] {
  const lines = parseFstab(readFileSync(inside.path("/etc/fstab"), "utf8"));
  // Without a namespace a script may have written the mount point as it sees it.
  const { machine } = inside;
  const local = (path: string): string =>
    machine.isolation === "prefix" && path.startsWith(`${machine.root}/`)
      ? path.slice(machine.root.length)
      : path;
  return lines.map((line) => ({ ...line, target: local(line.target) }));
}
