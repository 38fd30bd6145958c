import { UserError } from "../../errors.ts";
import { type HeldLock, lockBroken } from "../../store/lock.ts";
import { BLOCK_SIZE, type Manifest, serialiseManifest } from "../../store/manifest.ts";
import { PUBLISH } from "../../store/scripts/publish.ts";
import { historyLine } from "../models/history.ts";
import { noSpace } from "./failures.ts";
import type { Content } from "./content.ts";
import type { PushOptions } from "./push.ts";

/** Turns an upload that is verified into a version, and makes it current where that is wanted; the lock goes with it. */
export async function publishVersion(
  content: Content,
  { upload, version }: { readonly upload: string; readonly version: string },
  lock: HeldLock,
  options: PushOptions,
): Promise<void> {
  const { host, root, model, pusher, signal } = options;
  const by = `${pusher.user}@${pusher.machine}`;
  const manifest: Manifest = {
    format: 1,
    model,
    version,
    createdAt: options.now().toISOString(),
    createdBy: by,
    blockSize: BLOCK_SIZE,
    bytes: content.bytes,
    fileCount: content.files.length,
    ...(content.emptyDirectories.length === 0 ? {} : { emptyDirectories: content.emptyDirectories }),
    files: content.files.map(({ path, size, mode, blocks }) => ({ path, size, mode, blocks })),
  };
  const line = historyLine({ at: options.now(), action: "push", version, current: options.activate, pusher });
  const args = [root, model, version, options.activate ? "yes" : "no", line, lock.token, upload];
  const { code, stderr } = await host.run(PUBLISH, args, {
    stdin: serialiseManifest(manifest),
    timeout: 600_000,
    signal,
  });
  if (code === 0) {
    lock.released();
    return;
  }
  if (code === 3) throw lockBroken(model);
  if (/space|quota/iu.test(stderr)) throw noSpace(options, stderr.trim());
  throw new UserError({
    reason: "publish-failed",
    message: `${version} is in the store, but could not be published: ${stderr.trim() || `exit code ${code}`}`,
    hint: "Readers still get the version they had. Run the same command again.",
    next: ["bertops models list"],
  });
}
