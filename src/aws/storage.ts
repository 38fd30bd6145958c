import type { Readable } from "node:stream";
import { CreateStorageLocationCommand, type ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";
import {
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { errorCode } from "./errors.ts";

/** The bucket that Elastic Beanstalk keeps in each region of an account, and the bundles in it. */
export interface Storage {
  exists(bucket: string): Promise<boolean>;
  /** Makes the region's bucket, or finds it; answers its name. */
  createLocation(): Promise<string>;
  /** The object's size in bytes; undefined where there is none. */
  size(bucket: string, key: string): Promise<number | undefined>;
  /** Sends a stream in parts of 8 MiB. `onProgress` gets the bytes sent so far. */
  upload(
    object: { bucket: string; key: string; body: Readable },
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  list(bucket: string, prefix: string): Promise<readonly { key: string; bytes: number }[]>;
  delete(bucket: string, key: string): Promise<void>;
}

/** Opens the storage of bundles. */
export function openStorage(s3: S3Client, beanstalk: ElasticBeanstalkClient): Storage {
  return {
    async exists(bucket) {
      return (await found(s3.send(new HeadBucketCommand({ Bucket: bucket })))) !== undefined;
    },
    async createLocation() {
      const answer = await beanstalk.send(new CreateStorageLocationCommand({}));
      return answer.S3Bucket ?? "";
    },
    async size(bucket, key) {
      const answer = await found(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
      return answer === undefined ? undefined : (answer.ContentLength ?? 0);
    },
    async upload({ bucket, key, body }, onProgress, signal) {
      const upload = new Upload({
        client: s3,
        params: { Bucket: bucket, Key: key, Body: body, ContentType: "application/zip" },
        partSize: 8 * 1024 * 1024,
        queueSize: 4,
      });
      upload.on("httpUploadProgress", ({ loaded }) => onProgress(loaded ?? 0));
      const stop = (): void => void upload.abort();
      signal.addEventListener("abort", stop, { once: true });
      try {
        await upload.done();
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    async list(bucket, prefix) {
      const objects: { key: string; bytes: number }[] = [];
      try {
        const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
        for await (const page of pages)
          for (const { Key, Size } of page.Contents ?? []) objects.push({ key: Key ?? "", bytes: Size ?? 0 });
      } catch (error) {
        if (errorCode(error) !== "NoSuchBucket") throw error;
      }
      return objects;
    },
    async delete(bucket, key) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

async function found<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (["NotFound", "NoSuchBucket", "NoSuchKey", "404"].includes(code)) return undefined;
    throw error;
  }
}
