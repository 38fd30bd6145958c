import type { Region } from "../../region.ts";
import { sha256 } from "../../wire/canonical-request.ts";
import { hmac } from "../../wire/signature.ts";

/** Seconds that the address of a log lasts, as Beanstalk's do. */
const LASTS = 15 * 60;

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A presigned address of an object, that anyone can read for fifteen minutes. */
export function presignedUrl(
  region: Region,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): string {
  const access = region.iam.accessKeys.values().next().value;
  if (access === undefined) {
    throw new Error("The region knows no access key.");
  }
  const timestamp = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/gu, "")}Z`;
  const scope = `${timestamp.slice(0, 8)}/${region.name}/s3/aws4_request`;
  const path = `/${bucket}/${key.split("/").map(encode).join("/")}`;
  const query = [
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${access.accessKeyId}/${scope}`],
    ["X-Amz-Date", timestamp],
    ["X-Amz-Expires", String(LASTS)],
    ["X-Amz-SignedHeaders", "host"],
  ]
    .map(([name = "", value = ""]) => `${encode(name)}=${encode(value)}`)
    .join("&");
  const { host } = new URL(region.endpoint);
  const canonical = ["GET", path, query, `host:${host}`, "", "host", "UNSIGNED-PAYLOAD"].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const key4 = scope
    .split("/")
    .reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${access.secretAccessKey}`));
  return `${region.endpoint}${path}?${query}&X-Amz-Signature=${hmac(key4, toSign).toString("hex")}`;
}
