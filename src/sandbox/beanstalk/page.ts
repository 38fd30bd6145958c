import { invalidParameterValue } from "./errors.ts";

/** One page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  readonly nextToken: string | undefined;
}

/** Cuts a page out of a list whose order does not change between calls; the token is an opaque offset. */
export function pageOf<Item>(
  all: readonly Item[],
  size: number | undefined,
  token: string | undefined,
): Page<Item> {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isSafeInteger(start) || start < 0) {
    throw invalidParameterValue("Invalid NextToken.");
  }
  const end = start + (size ?? 1000);
  return {
    items: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(String(end)).toString("base64url") : undefined,
  };
}
