import type { CompletedPart } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../wire/operation.ts";
import { hasherOf } from "./checksum.ts";
import { givenChecksum } from "./checksum-members.ts";
import { sameEtag } from "./objects.ts";
import type { Bucket, Checksum, MultipartUpload, UploadedPart } from "./state.ts";

/** Every part but the last has at least 5 MiB. */
const LEAST_PART = 5 * 1024 * 1024;

/** The parts that a request lists, found and checked: `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`. */
export function chooseParts(upload: MultipartUpload, wanted: readonly CompletedPart[]): UploadedPart[] {
  if (wanted.length === 0) {
    throw new ServiceError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  const parts = wanted.map((one, index) => {
    if (index > 0 && one.PartNumber! <= wanted[index - 1]!.PartNumber!) {
      throw new ServiceError(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      );
    }
    const part = upload.parts.get(one.PartNumber!);
    const given = givenChecksum(one);
    const differs =
      given !== undefined && part?.checksum !== undefined && given.value !== part.checksum.value;
    if (!part || !sameEtag(one.ETag ?? "", part.etag) || differs) {
      throw new ServiceError(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { PartNumber: one.PartNumber, UploadId: upload.uploadId },
      );
    }
    return part;
  });
  const small = parts.slice(0, -1).find((part) => part.size < LEAST_PART);
  if (small) {
    throw new ServiceError(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      400,
      { PartNumber: small.partNumber, ProposedSize: small.size, MinSizeAllowed: LEAST_PART },
    );
  }
  return parts;
}

/** Joins parts to one file, and computes the checksum of the object. */
export async function assembleParts(
  bucket: Bucket,
  upload: MultipartUpload,
  parts: readonly UploadedPart[],
): Promise<{ readonly file: string; readonly checksum: Checksum | undefined }> {
  const { checksumName: name, checksumType: type } = upload;
  const whole = name && type === "FULL_OBJECT" ? hasherOf(name) : undefined;
  const file = join(bucket.directory, randomUUID());
  try {
    await pipeline(Readable.from(bytesOf(parts, (chunk) => whole?.update(chunk))), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  if (name && whole) {
    return { file, checksum: { name, value: whole.digest().toString("base64"), type: "FULL_OBJECT" } };
  }
  return { file, checksum: name && compositeChecksum(name, parts) };
}

/** A composite checksum is that of the parts' checksums, and says how many there are. */
function compositeChecksum(name: Checksum["name"], parts: readonly UploadedPart[]): Checksum | undefined {
  const hasher = hasherOf(name);
  for (const part of parts) {
    if (part.checksum?.name !== name) return undefined;
    hasher.update(Buffer.from(part.checksum.value, "base64"));
  }
  return { name, value: `${hasher.digest().toString("base64")}-${parts.length}`, type: "COMPOSITE" };
}

async function* bytesOf(
  parts: readonly UploadedPart[],
  seen: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for (const part of parts) {
    for await (const chunk of createReadStream(part.file) as AsyncIterable<Buffer>) {
      seen(chunk);
      yield chunk;
    }
  }
}
