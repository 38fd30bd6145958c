import { Refusal } from "./refusal.ts";
import { queryValue, type WireRequest } from "./request.ts";

/** What a request says about its signature, in its Authorization header or (presigned) in its query. */
export interface Credential {
  readonly accessKeyId: string;
  /** `20261122` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261122T081500Z` */
  readonly timestamp: string;
  /** Seconds that a presigned URL lasts. */
  readonly expires: number | undefined;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Reads the credential of a request; `undefined` when it has none. Throws `malformed-signature`. */
export function readCredential(request: WireRequest): Credential | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) return fromHeader(request, header);
  if (queryValue(request, "X-Amz-Algorithm") !== undefined) return fromQuery(request);
  return undefined;
}

function fromHeader(request: WireRequest, header: string): Credential {
  if (!header.startsWith(`${ALGORITHM} `)) {
    throw new Refusal("malformed-signature", "Unsupported Authorization Type");
  }
  const fields = new Map(
    header
      .slice(ALGORITHM.length + 1)
      .split(",")
      .map((field) => {
        const equals = field.indexOf("=");
        return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()] as const;
      }),
  );
  const timestamp = request.headers["x-amz-date"];
  if (timestamp === undefined) {
    throw new Refusal(
      "malformed-signature",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  return assemble({
    scope: fields.get("Credential"),
    signedHeaders: fields.get("SignedHeaders"),
    signature: fields.get("Signature"),
    timestamp,
    expires: undefined,
  });
}

function fromQuery(request: WireRequest): Credential {
  if (queryValue(request, "X-Amz-Algorithm") !== ALGORITHM) {
    throw new Refusal("malformed-signature", 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const expires = Number(queryValue(request, "X-Amz-Expires"));
  if (!Number.isInteger(expires) || expires < 0 || expires > 604_800) {
    throw new Refusal("malformed-signature", "X-Amz-Expires must be a number of at most 604800 seconds");
  }
  return assemble({
    scope: queryValue(request, "X-Amz-Credential"),
    signedHeaders: queryValue(request, "X-Amz-SignedHeaders"),
    signature: queryValue(request, "X-Amz-Signature"),
    timestamp: queryValue(request, "X-Amz-Date") ?? "",
    expires,
  });
}

function assemble(parts: {
  readonly scope: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly timestamp: string;
  readonly expires: number | undefined;
}): Credential {
  const [accessKeyId, date, region, service, end] = (parts.scope ?? "").split("/");
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request") {
    throw new Refusal(
      "malformed-signature",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term",
    );
  }
  if (parts.signedHeaders === undefined || parts.signature === undefined) {
    throw new Refusal("malformed-signature", "Authorization requires 'SignedHeaders' and 'Signature'.");
  }
  if (!/^\d{8}T\d{6}Z$/.test(parts.timestamp) || !parts.timestamp.startsWith(date)) {
    throw new Refusal(
      "malformed-signature",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${parts.timestamp.slice(0, 8)}'`,
    );
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: parts.signedHeaders.split(";"),
    signature: parts.signature,
    timestamp: parts.timestamp,
    expires: parts.expires,
  };
}
