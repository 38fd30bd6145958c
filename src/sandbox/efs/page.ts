import { ServiceError } from "../wire/operation.ts";

/** One page of a listing. Throws `BadRequest` for a marker that was never given. */
export function page<T>(
  items: readonly T[],
  marker: string | undefined,
  maxItems: number | undefined,
): { readonly items: T[]; readonly next: string | undefined } {
  const start = marker === undefined ? 0 : offsetOf(marker);
  const end = start + (maxItems ?? 100);
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`offset:${end}`).toString("base64") : undefined,
  };
}

function offsetOf(marker: string): number {
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(marker, "base64").toString("utf8"));
  if (!match) throw new ServiceError("BadRequest", "Invalid marker.");
  return Number(match[1]);
}
