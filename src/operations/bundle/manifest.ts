import { readFileSync } from "node:fs";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";

/** What a package.json says that matters to a bundle. */
export interface Manifest {
  readonly version: string | undefined;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
  readonly peers: Readonly<Record<string, string>>;
  readonly os: unknown;
  readonly cpu: unknown;
}

/** Reads the package.json of a directory; undefined where there is none. */
export function readManifest(directory: string): Manifest | undefined {
  const file = path.join(directory, "package.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UserError({
      reason: "bad-package-json",
      message: `${file} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      exitCode: EXIT.usage,
      cause,
    });
  }
  const members = new Map(Object.entries(typeof parsed === "object" && parsed !== null ? parsed : {}));
  const version: unknown = members.get("version");
  return {
    version: typeof version === "string" ? version : undefined,
    dependencies: texts(members.get("dependencies")),
    optional: texts(members.get("optionalDependencies")),
    peers: texts(members.get("peerDependencies")),
    os: members.get("os"),
    cpu: members.get("cpu"),
  };
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
