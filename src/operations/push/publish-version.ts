import { UserError } from "../../errors.ts";
import { lockBroken } from "../../store/lock.ts";
import { BLOCK_SIZE, type Manifest, serialiseManifest } from "../../store/manifest.ts";
import { PUBLISH } from "../../store/scripts/publish.ts";
import { historyLine } from "../models/history.ts";
import { noSpace } from "./failures.ts";
import type { PushOptions } from "./push.ts";
import type { SendTools } from "./send-version.ts";

/** Milliseconds for everything to be flushed to the disk, and a little more. */
const LIMIT_MS = 600_000;

/** Turns an upload that is verified into a version, and makes it current where that is wanted; the lock goes with it. */
export async function publishVersion(
  { upload, version }: { readonly upload: string; readonly version: string },
  options: PushOptions,
  { lock, program }: Pick<SendTools, "lock" | "program">,
): Promise<void> {
  const { content, host, root, model, pusher, signal } = options;
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
  const stdin = serialiseManifest(manifest, content.hash());
  const size = String(Buffer.byteLength(stdin));
  const args = [root, model, version, options.activate ? "yes" : "no", line, lock.token, upload, size];
  // One round trip instead of three where the program is still there.
  const { code, stderr } =
    program === undefined || !program.isUsable
      ? await host.run(PUBLISH, args, { stdin, timeout: LIMIT_MS, signal })
      : await program.run(host.textOf(PUBLISH, args), stdin, { signal, silence: LIMIT_MS });
  if (code === 0) {
    lock.released();
    options.seen?.saw(version, stdin);
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
