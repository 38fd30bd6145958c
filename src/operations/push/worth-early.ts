import type { Manifest } from "../../store/manifest.ts";
import { knownContent } from "../../store/known-content.ts";
import { isRead } from "../../store/hash-files.ts";
import { isNear } from "../../store/transfer/link.ts";
import { pieces } from "../../store/transfer/pieces.ts";
import { laneLimits, likelyBytes, type LinkOptions } from "../../store/transfer/upload.ts";
import type { Content } from "./content.ts";

/**
 * How many further connections may as well log in while the first one does: those that what probably travels would be sent over.
 * `seen` is what is known here of the store.
 */
export function worthEarly(
  content: Content,
  seen: readonly Manifest[],
  roundTrip: number,
  link: LinkOptions,
): number {
  if (isNear(roundTrip)) return (link.connections ?? 1) - 1;
  const known = knownContent(seen);
  const missing = content.files.filter((file) => !isRead(file) || known.wholeOf(file) === undefined);
  if (missing.length === 0) return 0;
  return (
    laneLimits({ roundTrip }, pieces(missing), link, (piece) =>
      likelyBytes(piece, known.hasPath(piece.file.path)),
    ).first - 1
  );
}
