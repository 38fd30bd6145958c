import { randomUUID } from "node:crypto";
import type { Region } from "../region.ts";
import { ensureBucket } from "../s3/buckets.ts";

/** The bucket that Beanstalk keeps bundles and logs in: one per region and account. */
export function storageBucketName(region: Region): string {
  return `elasticbeanstalk-${region.name}-${region.accountId}`;
}

/** Makes the account's bucket if there is none yet, with the policy that keeps it from being deleted. */
export async function ensureStorageBucket(region: Region): Promise<string> {
  const name = storageBucketName(region);
  const bucket = await ensureBucket(region, name);
  bucket.policy ??= JSON.stringify({
    Version: "2008-10-17",
    Statement: [
      {
        Sid: `eb-${randomUUID()}`,
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:DeleteBucket",
        Resource: `arn:aws:s3:::${name}`,
      },
    ],
  });
  return name;
}
