import type { ContentFile } from "../../store/hash-files.ts";
import type { PushPlan } from "../../store/push-plan.ts";
import { DISCARD, PREPARE } from "../../store/scripts/prepare.ts";
import type { HashTool } from "../../store/survey.ts";
import { refused } from "./failures.ts";
import type { PushOptions } from "./push.ts";

/** Makes directories and links of an upload; answers which files could not be linked, and which were copied instead. */
export async function prepareUpload(
  plan: PushPlan<ContentFile>,
  version: string,
  tool: HashTool,
  options: PushOptions,
): Promise<{ readonly failed: readonly ContentFile[]; readonly copied: readonly ContentFile[] }> {
  // The program makes the directories that files need.
  if (tool === "python3" && plan.links.length === 0 && !plan.hasEmptyDirectories)
    return { failed: [], copied: [] };
  const lines = [
    ...plan.directories.map((directory) => `d ${directory}`),
    ...plan.links.flatMap(({ file, from }) => [`l ${from}`, `t ${file.path}`]),
  ];
  const { host, root, model, signal } = options;
  const { code, stdout, stderr } = await host.run(PREPARE, [root, model, version, tool], {
    stdin: lines.map((line) => `${line}\n`).join(""),
    // Where links are not allowed, files are copied on the host.
    timeout: 600_000 + plan.links.length * 1000,
    signal,
  });
  if (code !== 0) throw refused(options, stderr);
  const named = (word: string): readonly ContentFile[] => {
    const names = new Set(
      stdout
        .split("\n")
        .filter((line) => line.startsWith(word))
        .map((line) => line.slice(word.length)),
    );
    return plan.links.map(({ file }) => file).filter(({ path }) => names.has(path));
  };
  return { failed: named("failed "), copied: named("copied ") };
}

/** Removes files of an upload, and with `sweep` the directories that are empty then. */
export async function discard(
  files: readonly { readonly path: string }[],
  version: string,
  options: PushOptions,
  directories: "sweep" | "keep" = "keep",
): Promise<void> {
  const { host, root, model, signal } = options;
  await host.run(DISCARD, [root, model, version, directories], {
    stdin: files.map(({ path }) => `${path}\n`).join(""),
    signal,
  });
}
