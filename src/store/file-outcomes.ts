import type { FileEvent } from "../events.ts";
import type { ManifestFile } from "./manifest.ts";
import type { PushPlan } from "./push-plan.ts";

/** What a plan does for each file, in the files' order. */
export function fileOutcomes(files: readonly ManifestFile[], plan: PushPlan): readonly FileEvent[] {
  const linked = new Set(plan.links.map(({ file }) => file.path));
  const sent = new Map<string, number>();
  for (const { file, length } of plan.sends) sent.set(file.path, (sent.get(file.path) ?? 0) + length);
  const copied = new Set(plan.copies.map(({ file }) => file.path));
  return files.map(({ path, size: bytes }) => {
    const bytesToSend = sent.get(path) ?? 0;
    const begun = bytesToSend > 0 || copied.has(path) || bytes === 0;
    const how = linked.has(path) ? "linked" : !begun ? "kept" : bytesToSend === bytes ? "sent" : "built";
    return { type: "file", path, bytes, bytesToSend, how };
  });
}
