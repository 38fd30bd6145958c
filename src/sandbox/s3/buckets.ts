import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Region } from "../region.ts";
import { ServiceError } from "../wire/operation.ts";
import type { Bucket, StoredObject } from "./state.ts";

/** The bucket, or `NoSuchBucket` 404. */
export function findBucket(region: Region, name: string): Bucket {
  const bucket = region.s3.buckets.get(name);
  if (!bucket) {
    throw new ServiceError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: name });
  }
  return bucket;
}

/** The object, or `NoSuchBucket`, `NoSuchKey` 404. Its bytes are the file `file`. */
export function findObject(region: Region, bucketName: string, key: string): StoredObject {
  const object = findBucket(region, bucketName).objects.get(key);
  if (!object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
  return object;
}

/** The bucket of this name, made now if there is none. */
export async function ensureBucket(region: Region, name: string): Promise<Bucket> {
  const existing = region.s3.buckets.get(name);
  if (existing) return existing;
  const directory = join(region.directory, "buckets", name);
  await mkdir(directory, { recursive: true });
  const bucket: Bucket = {
    name,
    createdAt: new Date(),
    directory,
    objects: new Map(),
    uploads: new Map(),
    policy: undefined,
    tags: new Map(),
  };
  region.s3.buckets.set(name, bucket);
  return bucket;
}
