import { EXIT, UserError } from "../errors.ts";

/** Where the store lies unless `--root` says otherwise. */
export const DEFAULT_ROOT = "/efs/models";
/** The manifest's file inside each version. */
export const MANIFEST_NAME = "bertops-manifest.json";
/** Where a version that is fetched into a directory of this machine lies until it is whole, within that directory. */
export const INCOMING_NAME = ".bertops-incoming";

/** Names of models are directories of the store, and words in URLs and headers. */
export function checkModelName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u.test(name)) return name;
  throw new UserError({
    reason: "bad-model-name",
    message: `${JSON.stringify(name)} cannot be the name of a model.`,
    hint: "Use up to 64 letters, digits, dots, dashes and underscores; pass it with --model.",
    exitCode: EXIT.usage,
  });
}

/** A store's root is an absolute path without tricks, since it becomes part of what hosts run. */
export function checkRoot(root: string): string {
  if (/^(?:\/[A-Za-z0-9@_+=,.~ -]+)+$/u.test(root) && !root.split("/").includes("..")) return root;
  throw new UserError({
    reason: "bad-root",
    message: `${JSON.stringify(root)} cannot be the root of a store.`,
    hint: "Use an absolute path such as /efs/models.",
    exitCode: EXIT.usage,
  });
}

/** `ROOT/NAME/.incoming/ID`, where an upload lies until it is whole. */
export function incomingDirectory(root: string, model: string, id: string): string {
  return `${root}/${model}/.incoming/${id}`;
}

/** `ROOT/NAME/versions/ID`. */
export function versionDirectory(root: string, model: string, id: string): string {
  return `${root}/${model}/versions/${id}`;
}

/** Bytes of the longest path that Linux takes, without the zero at its end. */
const LONGEST_PATH = 4095;

/** Refuses a file whose path in the store would be longer than hosts take; `path` is relative to the model's directory. */
export function checkPath(root: string, model: string, path: string): void {
  const longest = incomingDirectory(root, model, "00000000T000000Z-00000000");
  // Whatever the letters, no more than three bytes each.
  if (3 * (longest.length + 1 + path.length) <= LONGEST_PATH) return;
  const bytes = Buffer.byteLength(`${longest}/${path}`);
  if (bytes <= LONGEST_PATH) return;
  throw new UserError({
    reason: "path-too-long",
    message: `The path of a file would have ${bytes} bytes in the store, and hosts take ${LONGEST_PATH}: ${path.slice(0, 60)}…${path.slice(-60)}`,
    hint: "Shorten the names of the directories that it lies in.",
    exitCode: EXIT.usage,
  });
}
