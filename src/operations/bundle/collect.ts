import { existsSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { type BundleEntry, normalMode } from "./entry.ts";
import { IgnoreRules } from "./ignore.ts";

/** Never in a bundle, whatever the ignore files say. */
const NEVER = new IgnoreRules(`
.git
.hg
.svn
.DS_Store
.env
.env.*
!.env.example
.aws
.ssh
.netrc
.npmrc
.ebignore
.elasticbeanstalk
bertops.yaml
id_rsa
id_ecdsa
id_ed25519
*.pem.key
*.ppk
`);

/** Left out where neither .ebignore nor .gitignore says anything. */
const DEFAULTS = `
*.log
*.tmp
*.swp
*~
.cache/
.idea/
.vscode/
coverage/
test/
tests/
tsconfig.json
`;

export interface AppFiles {
  readonly entries: readonly BundleEntry[];
  /** .ebignore says that the instances install their packages themselves. */
  readonly withoutPackages: boolean;
}

/** The app's own files as they are on disk, committed or not, sorted; without node_modules. */
export async function collectApp(directory: string): Promise<AppFiles> {
  if (!existsSync(directory))
    throw new UserError({
      reason: "no-app",
      message: `There is no service in ${directory}.`,
      hint: "Write one from the template, or name the directory: service.directory in bertops.yaml.",
      next: ["bertops init --scaffold-only"],
      exitCode: EXIT.usage,
    });
  const { rules, own } = await readRules(directory);
  const root = await realpath(directory);
  const entries: BundleEntry[] = [];
  const walk = async (folder: string, prefix: string, trail: readonly string[]): Promise<void> => {
    for (const item of await readdir(folder, { withFileTypes: true })) {
      const inside = prefix === "" ? item.name : `${prefix}/${item.name}`;
      const file = path.join(folder, item.name);
      if (inside === "node_modules" || NEVER.ignores(inside, item.isDirectory())) continue;
      const target = item.isSymbolicLink() ? await resolveLink(file, inside, root) : file;
      const found = await stat(target);
      if (rules.ignores(inside, found.isDirectory())) continue;
      if (found.isDirectory()) {
        if (trail.includes(target)) throw linkRefusal(inside, "it leads back to a directory above it");
        await walk(target, inside, [...trail, target]);
      } else if (found.isFile())
        entries.push({
          path: inside,
          mode: normalMode(found.mode),
          content: { file: target },
          size: found.size,
        });
    }
  };
  await walk(root, "", [root]);
  return {
    entries: entries.toSorted(byPath),
    withoutPackages: own && rules.ignores("node_modules", true),
  };
}

/** Orders by code units, which no locale changes. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

async function readRules(directory: string): Promise<{ rules: IgnoreRules; own: boolean }> {
  const ebignore = path.join(directory, ".ebignore");
  if (existsSync(ebignore)) return { rules: new IgnoreRules(await readFile(ebignore, "utf8")), own: true };
  const gitignore = path.join(directory, ".gitignore");
  const further = existsSync(gitignore) ? await readFile(gitignore, "utf8") : "";
  return { rules: new IgnoreRules(`${DEFAULTS}\n${further}`), own: false };
}

async function resolveLink(file: string, inside: string, root: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(file);
  } catch {
    throw linkRefusal(inside, "it leads nowhere");
  }
  if (target !== root && !target.startsWith(root + path.sep))
    throw linkRefusal(inside, `it leads out, to ${target}`);
  return target;
}

function linkRefusal(inside: string, why: string): UserError {
  return new UserError({
    reason: "bad-link",
    message: `The symbolic link ${inside} of the app cannot be bundled: ${why}.`,
    hint: "Put a copy in its place, or list it in .ebignore.",
    exitCode: EXIT.usage,
  });
}
