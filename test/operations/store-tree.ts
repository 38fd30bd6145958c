import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** A directory as one text: kind, mode, size, hash and path of everything in it but the manifest. Equal trees give equal texts. */
export function treeOf(
  directory: string,
  modes: "as they are" | "as a store has them" = "as they are",
): string {
  const listing = execFileSync("find", ["-L", ".", "-mindepth", "1", "-printf", String.raw`%y %m %s %P\0`], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  return listing
    .split("\0")
    .filter((line) => line !== "" && !line.endsWith(" bertops-manifest.json"))
    .map((line) => {
      const [, kind = "", mode = "", size = "", name = ""] = /^(\S) (\d+) (\d+) ([^]*)$/u.exec(line) ?? [];
      if (kind === "d") return `d ${modes === "as they are" ? mode : "755"} ${name}`;
      const shown = modes === "as they are" ? mode : (Number.parseInt(mode, 8) & 0o111) === 0 ? "644" : "755";
      const hash = createHash("sha256")
        .update(readFileSync(path.join(directory, name)))
        .digest("hex");
      return `f ${shown} ${size} ${hash} ${name}`;
    })
    .toSorted()
    .join("\n");
}
