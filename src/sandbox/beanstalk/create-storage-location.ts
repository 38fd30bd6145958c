import {
  CreateStorageLocation$,
  type CreateStorageLocationResultMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { ensureStorageBucket } from "./storage-bucket.ts";

/** CreateStorageLocation: the account's bucket, made now if there is none. */
export const createStorageLocation: Operation<unknown, CreateStorageLocationResultMessage> = {
  schema: CreateStorageLocation$,
  run: async (region) => ({ S3Bucket: await ensureStorageBucket(region) }),
};
