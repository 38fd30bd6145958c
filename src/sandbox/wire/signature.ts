import { createHmac, timingSafeEqual } from "node:crypto";
import type { AccessKey, IamState } from "../iam/state.ts";
import { canonicalRequest, sha256 } from "./canonical-request.ts";
import type { Credential } from "./credential.ts";
import { Refusal } from "./refusal.ts";
import type { WireRequest } from "./request.ts";

/** A credential whose signature has been checked. */
export interface VerifiedSignature {
  readonly key: AccessKey;
  readonly signature: string;
  readonly timestamp: string;
  /** `20261122/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly signingKey: Buffer;
  /** The hash of the body that the signature covers, or `UNSIGNED-PAYLOAD`, `STREAMING-…`. */
  readonly payloadHash: string;
}

const MAX_SKEW = 15 * 60_000;

/** Verifies a Signature Version 4. Throws `unknown-key`, `bad-signature`, `wrong-region`, `expired`. */
export function verifySignature(
  request: WireRequest,
  credential: Credential,
  options: {
    readonly iam: IamState;
    /** Regions that a credential for this service may be scoped to. */
    readonly regions: readonly string[];
    readonly payloadHash: string;
    readonly encodePath: boolean;
    readonly now: number;
  },
): VerifiedSignature {
  const key = options.iam.accessKeys.get(credential.accessKeyId);
  if (!key) throw new Refusal("unknown-key", credential.accessKeyId);
  if (!options.regions.includes(credential.region)) throw new Refusal("wrong-region", credential.region);
  checkTime(credential, options.now);
  if (!credential.signedHeaders.includes("host")) {
    throw new Refusal("malformed-signature", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const { payloadHash, encodePath } = options;
  const { signedHeaders, date, region, service, timestamp } = credential;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = canonicalRequest(request, { signedHeaders, payloadHash, encodePath });
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const signingKey = deriveSigningKey(key.secretAccessKey, scope);
  if (!equalHex(hmac(signingKey, toSign).toString("hex"), credential.signature)) {
    throw new Refusal("bad-signature", credential.accessKeyId);
  }
  return { key, signature: credential.signature, timestamp, scope, signingKey, payloadHash };
}

/** The key that signs within a scope. */
export function deriveSigningKey(secretAccessKey: string, scope: string): Buffer {
  return scope
    .split("/")
    .reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
}

/** HMAC-SHA-256. */
export function hmac(key: Uint8Array, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** Compares two signatures in constant time. */
export function equalHex(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function checkTime(credential: Credential, now: number): void {
  const { timestamp, expires } = credential;
  const signedAt = Date.parse(
    timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  const last = expires === undefined ? signedAt + MAX_SKEW : signedAt + expires * 1000;
  if (!(now <= last && now >= signedAt - MAX_SKEW)) throw new Refusal("expired", timestamp);
}
