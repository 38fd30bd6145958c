/** The checksums that S3 can keep of an object, by the header's last word. */
export type ChecksumName = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

/** A checksum in base64, of the whole object or (`COMPOSITE`) of its parts' checksums. */
export interface Checksum {
  readonly name: ChecksumName;
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** What a client said about an object when it put it. */
export interface ObjectHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly contentLanguage: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object; its bytes are a file of this machine. */
export interface StoredObject extends ObjectHeaders {
  readonly key: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum: Checksum | undefined;
  readonly file: string;
}

/** A part of an upload in progress. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum: Checksum | undefined;
  readonly file: string;
}

/** A multipart upload in progress. */
export interface MultipartUpload extends ObjectHeaders {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: Date;
  readonly checksumName: ChecksumName | undefined;
  readonly checksumType: "FULL_OBJECT" | "COMPOSITE" | undefined;
  readonly parts: Map<number, UploadedPart>;
}

/** A bucket. */
export interface Bucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly directory: string;
  /** By key, in no order. */
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, MultipartUpload>;
  /** The bucket policy as JSON text. */
  policy: string | undefined;
  tags: Map<string, string>;
}

/** Everything that S3 knows. */
export interface S3State {
  readonly buckets: Map<string, Bucket>;
}

/** Starts S3 without buckets. */
export function createS3State(): S3State {
  return { buckets: new Map() };
}
