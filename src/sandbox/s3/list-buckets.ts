import { ListBuckets$, type ListBucketsOutput, type ListBucketsRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";

/** ListBuckets. */
export const listBuckets: Operation<ListBucketsRequest, ListBucketsOutput> = {
  schema: ListBuckets$,
  run(region, input, caller) {
    const buckets = [...region.s3.buckets.values()]
      .filter((bucket) => bucket.name.startsWith(input.Prefix ?? ""))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      Owner: { ID: caller.accountId },
      Buckets: buckets.map((bucket) => ({
        Name: bucket.name,
        CreationDate: bucket.createdAt,
        BucketRegion: region.name,
      })),
    };
  },
};
