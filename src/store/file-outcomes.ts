import type { FileEvent } from "../events.ts";
import type { ManifestFile } from "./manifest.ts";
import type { PushPlan } from "./push-plan.ts";

/** What a plan does for each file, in the files' order. */
export function fileOutcomes(files: readonly ManifestFile[], plan: PushPlan): readonly FileEvent[] {
  const builds = new Map(plan.builds.map((build) => [build.file.path, build]));
  return files.map(({ path, size: bytes }) => {
    const build = builds.get(path);
    const bytesToSend = build?.bytesSent ?? 0;
    const begun = bytesToSend > 0 || (build?.bytesCopied ?? 0) > 0 || bytes === 0;
    const how = build === undefined ? "linked" : !begun ? "kept" : bytesToSend === bytes ? "sent" : "built";
    return { type: "file", path, bytes, bytesToSend, how };
  });
}
