import { createHash, createHmac } from "node:crypto";

/** @import { Credentials } from "./credentials.js" */

/**
 * The headers that make a POST of AWS's JSON protocol a signed one (Signature Version 4).
 * @param {{ url: URL, region: string, service: string, target: string, body: string, credentials: Credentials, now: Date }} request
 * @returns {Record<string, string>}
 */
export function signedHeaders({ url, region, service, target, body, credentials, now }) {
  const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  /** @type {Record<string, string>} */
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host: url.host,
    "x-amz-date": time,
    "x-amz-target": target,
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(headers).toSorted();
  const signed = names.join(";");
  const canonical = [
    "POST",
    url.pathname,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    signed,
    hash(body),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [date, region, service, "aws4_request"].reduce(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
  const { host: _host, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}

/** @param {string} text */
function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @param {Buffer} key @param {string} text */
function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}
