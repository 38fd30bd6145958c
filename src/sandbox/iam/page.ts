import { ServiceError } from "../wire/operation.ts";

/** IAM's page size when a request names none. */
const DEFAULT_ITEMS = 100;

/** One page of a listing. Throws `ValidationError` for a marker that was never given. */
export function page<T>(
  items: readonly T[],
  request: { readonly MaxItems?: number | undefined; readonly Marker?: string | undefined },
): { readonly items: T[]; readonly more: { IsTruncated: boolean; Marker?: string } } {
  const start = request.Marker === undefined ? 0 : offsetOf(request.Marker);
  const end = start + (request.MaxItems ?? DEFAULT_ITEMS);
  const more =
    end < items.length
      ? { IsTruncated: true, Marker: Buffer.from(`offset:${end}`).toString("base64") }
      : { IsTruncated: false };
  return { items: items.slice(start, end), more };
}

function offsetOf(marker: string): number {
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(marker, "base64").toString("utf8"));
  if (!match) throw new ServiceError("ValidationError", `Invalid Marker.`);
  return Number(match[1]);
}
