import { ListObjectsV2$, type ListObjectsV2Output, type ListObjectsV2Request } from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { keyWriter, list, listEntry, readMaxKeys } from "./listing.ts";

/** ListObjectsV2. */
export const listObjectsV2: Operation<ListObjectsV2Request, ListObjectsV2Output> = {
  schema: ListObjectsV2$,
  run(region, input, caller) {
    const bucket = findBucket(region, input.Bucket!);
    const maxKeys = readMaxKeys(input.MaxKeys);
    const write = keyWriter(input.EncodingType);
    const listing = list(bucket, {
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter,
      after: input.ContinuationToken === undefined ? input.StartAfter : readToken(input.ContinuationToken),
      maxKeys,
    });
    const owner = input.FetchOwner === true ? { Owner: { ID: caller.accountId } } : {};
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      ...(input.Delimiter === undefined ? {} : { Delimiter: write(input.Delimiter) }),
      ...(input.StartAfter === undefined ? {} : { StartAfter: write(input.StartAfter) }),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
      MaxKeys: maxKeys,
      KeyCount: listing.objects.length + listing.prefixes.length,
      IsTruncated: listing.truncated,
      ...(listing.truncated && listing.last !== undefined
        ? { NextContinuationToken: Buffer.from(listing.last).toString("base64") }
        : {}),
      Contents: listing.objects.map((object) => ({ ...listEntry(object, write), ...owner })),
      CommonPrefixes: listing.prefixes.map((prefix) => ({ Prefix: write(prefix) })),
    };
  },
};

function readToken(token: string): string {
  const key = Buffer.from(token, "base64");
  if (key.toString("base64") !== token) {
    throw new ServiceError("InvalidArgument", "The continuation token provided is incorrect");
  }
  return key.toString("utf8");
}
