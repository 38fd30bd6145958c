import type { Region } from "../region.ts";
import { canonicalRequest, sha256 } from "../wire/canonical-request.ts";
import { deriveSigningKey, hmac } from "../wire/signature.ts";

/** A URL that anybody can GET an object with for some seconds, signed by the account's access key. */
export function presignGet(region: Region, bucket: string, key: string, seconds: number): string {
  const [accessKey] = region.iam.accessKeys.values();
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${timestamp.slice(0, 8)}/${region.name}/s3/aws4_request`;
  const url = new URL(region.endpoint);
  const path = `/${[bucket, ...key.split("/")].map(encodeURIComponent).join("/")}`;
  const query: [string, string][] = [
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${accessKey!.accessKeyId}/${scope}`],
    ["X-Amz-Date", timestamp],
    ["X-Amz-Expires", String(seconds)],
    ["X-Amz-SignedHeaders", "host"],
  ];
  const canonical = canonicalRequest(
    { method: "GET", path, query, headers: { host: url.host } },
    { signedHeaders: ["host"], payloadHash: "UNSIGNED-PAYLOAD", encodePath: false },
  );
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const signature = hmac(deriveSigningKey(accessKey!.secretAccessKey, scope), toSign).toString("hex");
  const parameters = [...query, ["X-Amz-Signature", signature] as const];
  return `${region.endpoint}${path}?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}
