import { jsonProtocol } from "./json/json-protocol.ts";
import { readCredential } from "./credential.ts";
import { NO_CONSTRAINTS } from "./constraints/constraints.ts";
import type { Protocol, Service } from "./protocol.ts";
import { queryProtocol } from "./query/query-protocol.ts";
import type { WireRequest } from "./request.ts";
import { restJsonProtocol } from "./rest/rest-json-protocol.ts";
import { restXmlProtocol } from "./rest/rest-xml-protocol.ts";

/** The service that a request is for, by its credential's scope; else one that can only say no, in the client's tongue. */
export function serviceOf(services: readonly Service[], request: WireRequest): Service {
  const named = scopeOf(request);
  const service = services.find((one) => one.signingName === named);
  return (
    service ?? {
      signingName: named ?? "",
      protocol: guessProtocol(request),
      operations: [],
      constraints: NO_CONSTRAINTS,
    }
  );
}

function scopeOf(request: WireRequest): string | undefined {
  try {
    return readCredential(request)?.service;
  } catch {
    return undefined;
  }
}

function guessProtocol(request: WireRequest): Protocol {
  if (request.headers["x-amz-target"] !== undefined) return jsonProtocol("ValidationException");
  const type = request.headers["content-type"] ?? "";
  if (type.includes("x-www-form-urlencoded")) return queryProtocol("", "https://sandbox.invalid/");
  if (type.includes("json") || /^\/20\d\d-\d\d-\d\d\//.test(request.path)) return restJsonProtocol([]);
  return restXmlProtocol([]);
}
