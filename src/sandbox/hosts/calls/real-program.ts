import { existsSync } from "node:fs";

/** This machine's own program of that name, if it has one; instances see it at the same path. */
export function realProgram(name: string): string | undefined {
  return ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
    .map((directory) => `${directory}/${name}`)
    .find((path) => existsSync(path));
}
