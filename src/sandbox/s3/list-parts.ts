import { ListParts$, type ListPartsOutput, type ListPartsRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { showChecksum } from "./checksum-members.ts";
import { readMaxKeys } from "./listing.ts";
import { findUpload } from "./uploads.ts";

/** ListParts of an upload in progress. */
export const listParts: Operation<ListPartsRequest, ListPartsOutput> = {
  schema: ListParts$,
  run(region, input, caller) {
    const bucket = findBucket(region, input.Bucket!);
    const upload = findUpload(bucket, input.Key!, input.UploadId!);
    const after = Number(input.PartNumberMarker ?? 0);
    const maxParts = readMaxKeys(input.MaxParts);
    const rest = [...upload.parts.values()]
      .filter((part) => part.partNumber > after)
      .toSorted((a, b) => a.partNumber - b.partNumber);
    const shown = rest.slice(0, maxParts);
    return {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0),
      MaxParts: maxParts,
      IsTruncated: rest.length > shown.length,
      Parts: shown.map((part) => {
        const { ChecksumType: _ofObjectsOnly, ...checksum } = showChecksum(part.checksum);
        return {
          PartNumber: part.partNumber,
          LastModified: part.lastModified,
          ETag: part.etag,
          Size: part.size,
          ...checksum,
        };
      }),
      Initiator: { ID: caller.userArn },
      Owner: { ID: caller.accountId },
      StorageClass: "STANDARD",
      ...(upload.checksumName
        ? { ChecksumAlgorithm: upload.checksumName, ChecksumType: upload.checksumType }
        : {}),
    };
  },
};
