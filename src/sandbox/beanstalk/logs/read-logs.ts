import { readdir, readFile } from "node:fs/promises";
import type { Host } from "../../hosts/host.ts";

/** Lines of each log that the tail shows. */
const TAIL_LINES = 100;

/** The instance's logs by path, in the order of their names. */
export async function readLogs(host: Host): Promise<Map<string, string>> {
  const directory = host.path("/var/log");
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const logs = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = `${entry.parentPath}/${entry.name}`;
    logs.set(`/var/log${path.slice(directory.length)}`, await readFile(path, "utf8"));
  }
  return new Map([...logs].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The last lines of each log under a title, as the tail shows them. */
export function tailText(logs: ReadonlyMap<string, string>): string {
  return [...logs]
    .map(([path, text]) => {
      const lines = text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
      return `${"-".repeat(40)}\n${path}\n${"-".repeat(40)}\n${lines}\n\n\n`;
    })
    .join("");
}
