import { ServiceError } from "../wire/operation.ts";
import type { Bucket, MultipartUpload } from "./state.ts";

/** The upload in progress, or `NoSuchUpload` 404. */
export function findUpload(bucket: Bucket, key: string, uploadId: string): MultipartUpload {
  const upload = bucket.uploads.get(uploadId);
  if (!upload || upload.key !== key) {
    throw new ServiceError(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      404,
      { UploadId: uploadId },
    );
  }
  return upload;
}
