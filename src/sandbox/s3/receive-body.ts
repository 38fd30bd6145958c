import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ChunkedBody } from "../wire/chunked-body.ts";
import { ServiceError } from "../wire/operation.ts";
import { cryptoHasher, hasherOf } from "./checksum.ts";
import { checksumName, type ChecksumMembers, givenChecksum } from "./checksum-members.ts";
import type { Bucket, Checksum, ChecksumName } from "./state.ts";

/** What a request says about the bytes that it brings. */
export interface Upload extends ChecksumMembers {
  readonly Body?: unknown;
  readonly ContentLength?: number | undefined;
  readonly ContentMD5?: string | undefined;
  readonly ChecksumAlgorithm?: string | undefined;
}

/** Bytes that have been written to a file and found to be what the client meant. */
export interface Received {
  readonly file: string;
  readonly size: number;
  /** MD5 in hex. */
  readonly md5: string;
  readonly checksum: Checksum | undefined;
}

/** Writes a request's body into a new file of the bucket; throws where a length, digest or checksum does not agree. */
export async function receiveBody(bucket: Bucket, upload: Upload): Promise<Received> {
  const body = upload.Body instanceof Readable ? upload.Body : Readable.from([]);
  const given = givenChecksum(upload);
  const name = given?.name ?? trailerName(body) ?? checksumName(upload.ChecksumAlgorithm);
  const file = join(bucket.directory, randomUUID());
  const md5 = cryptoHasher("md5");
  const hasher = name && hasherOf(name);
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      md5.update(chunk);
      hasher?.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(body, count, createWriteStream(file));
    if (upload.ContentLength !== undefined && upload.ContentLength !== size) {
      throw new ServiceError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      );
    }
    const digest = md5.digest();
    checkMd5(upload.ContentMD5, digest);
    const value = hasher?.digest().toString("base64");
    const trailer =
      body instanceof ChunkedBody && name
        ? body.trailers.get(`x-amz-checksum-${name.toLowerCase()}`)
        : undefined;
    const expected = given?.value ?? trailer;
    if (name && value !== undefined && expected !== undefined && expected !== value) {
      throw new ServiceError("BadDigest", `The ${name} you specified did not match the calculated checksum.`);
    }
    const checksum =
      name && value !== undefined ? ({ name, value, type: "FULL_OBJECT" } as const) : undefined;
    return { file, size, md5: digest.toString("hex"), checksum };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

function trailerName(body: Readable): ChecksumName | undefined {
  const announced = body instanceof ChunkedBody ? body.announced : undefined;
  return checksumName(announced?.replace("x-amz-checksum-", "").toUpperCase());
}

function checkMd5(given: string | undefined, digest: Buffer): void {
  if (given === undefined) return;
  if (Buffer.from(given, "base64").length !== 16) {
    throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  if (given !== digest.toString("base64")) {
    throw new ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
}
