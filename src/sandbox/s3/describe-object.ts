import type { ChecksumMembers } from "./checksum-members.ts";
import { showChecksum } from "./checksum-members.ts";
import type { Checksum, StoredObject } from "./state.ts";

/** The members that GetObject and HeadObject share. */
export interface ObjectDescription extends ChecksumMembers {
  AcceptRanges: string;
  LastModified: Date;
  ETag: string;
  ContentType: string;
  ContentEncoding?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
  CacheControl?: string;
  ServerSideEncryption: "AES256";
  Metadata: Record<string, string>;
  ChecksumType?: Checksum["type"];
}

/** An object's headers as GetObject and HeadObject answer them; a request may override some. */
export function describeObject(
  object: StoredObject,
  request: {
    readonly ChecksumMode?: string | undefined;
    readonly ResponseContentType?: string | undefined;
    readonly ResponseContentEncoding?: string | undefined;
    readonly ResponseContentDisposition?: string | undefined;
    readonly ResponseContentLanguage?: string | undefined;
    readonly ResponseCacheControl?: string | undefined;
  },
): ObjectDescription {
  const encoding = request.ResponseContentEncoding ?? object.contentEncoding;
  const disposition = request.ResponseContentDisposition ?? object.contentDisposition;
  const language = request.ResponseContentLanguage ?? object.contentLanguage;
  const cache = request.ResponseCacheControl ?? object.cacheControl;
  return {
    AcceptRanges: "bytes",
    LastModified: object.lastModified,
    ETag: object.etag,
    ContentType: request.ResponseContentType ?? object.contentType ?? "binary/octet-stream",
    ...(encoding === undefined ? {} : { ContentEncoding: encoding }),
    ...(disposition === undefined ? {} : { ContentDisposition: disposition }),
    ...(language === undefined ? {} : { ContentLanguage: language }),
    ...(cache === undefined ? {} : { CacheControl: cache }),
    ServerSideEncryption: "AES256",
    Metadata: { ...object.metadata },
    ...(request.ChecksumMode === "ENABLED" ? showChecksum(object.checksum) : {}),
  };
}
