import { ListObjects$, type ListObjectsOutput, type ListObjectsRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { keyWriter, list, listEntry, readMaxKeys } from "./listing.ts";

/** ListObjects, the older listing. */
export const listObjects: Operation<ListObjectsRequest, ListObjectsOutput> = {
  schema: ListObjects$,
  run(region, input, caller) {
    const bucket = findBucket(region, input.Bucket!);
    const maxKeys = readMaxKeys(input.MaxKeys);
    const write = keyWriter(input.EncodingType);
    const listing = list(bucket, {
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter,
      after: input.Marker,
      maxKeys,
    });
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      Marker: write(input.Marker ?? ""),
      ...(input.Delimiter === undefined ? {} : { Delimiter: write(input.Delimiter) }),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      MaxKeys: maxKeys,
      IsTruncated: listing.truncated,
      ...(listing.truncated && listing.last !== undefined ? { NextMarker: write(listing.last) } : {}),
      Contents: listing.objects.map((object) => ({
        ...listEntry(object, write),
        Owner: { ID: caller.accountId },
      })),
      CommonPrefixes: listing.prefixes.map((prefix) => ({ Prefix: write(prefix) })),
    };
  },
};
