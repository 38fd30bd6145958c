import { ServiceError } from "../wire/operation.ts";
import { sameEtag } from "./objects.ts";
import type { StoredObject } from "./state.ts";

/** The conditions of a GET or HEAD. */
export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** Throws `PreconditionFailed` 412 or `NotModified` 304 where a condition does not hold. */
export function checkRead(object: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const matches = IfMatch === undefined || sameEtag(IfMatch, object.etag);
  // With If-Match, If-Unmodified-Since does not count; with If-None-Match, If-Modified-Since does not.
  const unmodified =
    IfUnmodifiedSince === undefined || IfMatch !== undefined || object.lastModified <= IfUnmodifiedSince;
  if (!matches || !unmodified) {
    throw new ServiceError(
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
      412,
      { Condition: matches ? "If-Unmodified-Since" : "If-Match" },
    );
  }
  const noneMatch = IfNoneMatch === undefined || !sameEtag(IfNoneMatch, object.etag);
  const modified =
    IfModifiedSince === undefined || IfNoneMatch !== undefined || object.lastModified > IfModifiedSince;
  if (!noneMatch || !modified) throw new ServiceError("NotModified", "Not Modified", 304);
}

/** The first and last byte that a Range header asks for; `undefined` for the whole. Throws `InvalidRange` 416. */
export function readRange(range: string | undefined, size: number): readonly [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start > end) {
    throw new ServiceError("InvalidRange", "The requested range is not satisfiable", 416, {
      RangeRequested: range,
      ActualObjectSize: size,
    });
  }
  return [start, end];
}
