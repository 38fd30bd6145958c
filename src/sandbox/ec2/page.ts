import { ServiceError } from "../wire/operation.ts";

/** One page of a listing, and the token of the next one. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/** Cuts a page out of a listing. Throws `InvalidParameterValue` for a token that it never gave. */
export function page<T>(
  items: readonly T[],
  request: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): Page<T> {
  const start = request.NextToken ? offsetOf(request.NextToken) : 0;
  const end = request.MaxResults === undefined ? items.length : start + request.MaxResults;
  const nextToken = end < items.length ? Buffer.from(`offset:${end}`).toString("base64") : undefined;
  return { items: items.slice(start, end), nextToken };
}

function offsetOf(token: string): number {
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(token, "base64").toString("utf8"));
  if (!match) {
    throw new ServiceError("InvalidParameterValue", `Value (${token}) for parameter token is invalid.`);
  }
  return Number(match[1]);
}
