import { GetObject$, type GetObjectOutput, type GetObjectRequest } from "@aws-sdk/client-s3";
import { open } from "node:fs/promises";
import type { Operation } from "../wire/operation.ts";
import { findObject } from "./buckets.ts";
import { checkRead, readRange } from "./check-read.ts";
import { describeObject } from "./describe-object.ts";

/** GetObject, whole or a range of it. */
export const getObject: Operation<GetObjectRequest, GetObjectOutput> = {
  schema: GetObject$,
  async run(region, input) {
    const object = findObject(region, input.Bucket!, input.Key!);
    checkRead(object, input);
    const range = readRange(input.Range, object.size);
    // Opened before the answer begins: a file that is replaced meanwhile stays readable.
    const handle = await open(object.file);
    const description = describeObject(object, range ? { ...input, ChecksumMode: undefined } : input);
    if (!range) {
      return { ...description, Body: handle.createReadStream() as never, ContentLength: object.size };
    }
    const [start, end] = range;
    return {
      ...description,
      Body: handle.createReadStream({ start, end }) as never,
      ContentLength: end - start + 1,
      ContentRange: `bytes ${start}-${end}/${object.size}`,
    };
  },
};
