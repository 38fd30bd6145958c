import { basename } from "node:path";

/** An application name from a directory's name: what is not allowed becomes a hyphen, what is too short is completed. */
export function nameFrom(directory: string): string {
  const plain = basename(directory)
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, 40)
    .replace(/-+$/u, "")
    .toLowerCase();
  if (plain === "") return "bertops";
  return plain.length < 4 ? `${plain}-bertops` : plain;
}
