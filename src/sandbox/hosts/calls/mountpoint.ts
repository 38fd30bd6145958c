import { existsSync } from "node:fs";
import { posix } from "node:path";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import { parseOptions } from "./options.ts";

const SPEC = {
  flags: { q: "quiet", d: "fs-devno", x: "devno", n: "nofollow", h: "help", V: "version" },
  values: {},
};

/** mountpoint(1). */
export const mountpoint: Program = (call, inside, voice) => {
  const { flags, operands, unknown } = parseOptions(call.words, SPEC);
  const operand = operands[0];
  if (unknown !== undefined || operand === undefined) return fail(voice, "mountpoint: bad usage");
  const path = posix.resolve(call.directory, operand);
  const at = inside.mounts.lines.findIndex((line) => line.target === path);
  if (at >= 0) {
    if (flags.has("fs-devno")) voice.out(at === 0 ? "259:1" : `0:${51 + at}`);
    else if (!flags.has("quiet")) voice.out(`${path} is a mountpoint`);
    return 0;
  }
  const quiet = flags.has("quiet");
  if (!existsSync(inside.path(path))) {
    if (!quiet) voice.err(`mountpoint: ${path}: No such file or directory`);
    return 1;
  }
  if (!quiet) voice.out(`${path} is not a mountpoint`);
  return 32;
};
