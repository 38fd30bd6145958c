import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { type ConfigLine, readConfigText } from "./config-text.ts";
import { matchesPattern } from "./patterns.ts";

/** ssh's own limit on files that include files. */
const MAX_DEPTH = 16;
const SYSTEM = "/etc/ssh/ssh_config";

/** ssh's configuration: the person's first, then the machine's, with what they include in its place. */
export type SshConfig = readonly (readonly ConfigLine[])[];

/** Reads `~/.ssh/config` and the machine's; files that are not there have no say. */
export async function openSshConfig(home: string, system: string = SYSTEM): Promise<SshConfig> {
  const own = path.join(home, ".ssh", "config");
  return [
    await readConfig(own, { home, base: path.dirname(own), depth: 0 }),
    await readConfig(system, { home, base: path.dirname(system), depth: 0 }),
  ];
}

interface Place {
  readonly home: string;
  /** Where relative names of an Include start: `~/.ssh`, `/etc/ssh`. */
  readonly base: string;
  readonly depth: number;
}

async function readConfig(file: string, place: Place): Promise<readonly ConfigLine[]> {
  if (place.depth > MAX_DEPTH)
    throw unreadable(file, "files include each other in a circle, or more than 16 deep");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return [];
    throw unreadable(file, error instanceof Error ? error.message : String(error), error);
  }
  return Promise.all(
    readConfigText(text, file).map(async (line) => {
      if (line.keyword !== "include") return line;
      const files = await Promise.all(line.words.map((word) => filesOf(word, place)));
      const deeper = { ...place, depth: place.depth + 1 };
      return {
        ...line,
        included: await Promise.all(files.flat().map((each) => readConfig(each, deeper))),
      };
    }),
  );
}

/** The files that a name with `*` and `?` means, sorted as a shell would. */
async function filesOf(word: string, { home, base }: Place): Promise<readonly string[]> {
  const absolute = path.resolve(base, word.replace(/^~(?=\/)/u, home));
  let found = ["/"];
  for (const part of absolute.split("/").filter((each) => each !== "")) {
    if (!/[*?]/u.test(part)) {
      found = found.map((directory) => path.join(directory, part));
      continue;
    }
    const listed = await Promise.all(
      found.map(async (directory) => {
        const names = await readdir(directory).catch((): string[] => []);
        return names
          .filter((name) => matchesPattern(part, name) && (!name.startsWith(".") || part.startsWith(".")))
          .toSorted()
          .map((name) => path.join(directory, name));
      }),
    );
    found = listed.flat();
  }
  return found;
}

function unreadable(file: string, why: string, cause?: unknown): UserError {
  return new UserError({
    reason: "ssh-config",
    message: `${file} cannot be read: ${why}.`,
    hint: "Mend the file; `ssh -G HOST` shows what ssh makes of it.",
    exitCode: EXIT.usage,
    cause,
  });
}
