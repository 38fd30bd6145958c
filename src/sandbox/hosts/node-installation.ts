import { realpathSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import type { NodeInstallation } from "./machine.ts";

/** Where instances find the Node.js that runs this process, which may live outside /usr (nvm, a tool cache). */
export function nodeInstallation(program: string = process.execPath): NodeInstallation {
  const bin = dirname(realpathSync(program));
  if (bin === "/usr" || bin.startsWith("/usr/")) return { bin };
  // npm lies beside `bin`, in `lib`: show the installation, not the program alone.
  const directory = basename(bin) === "bin" && dirname(bin) !== "/" ? dirname(bin) : bin;
  return { directory, bin: `/opt/sandbox/node/${relative(directory, bin)}`.replace(/\/$/u, "") };
}
