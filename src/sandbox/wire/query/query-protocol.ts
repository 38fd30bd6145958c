import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { ServiceError } from "../operation.ts";
import type { Call, Protocol } from "../protocol.ts";
import { Refusal } from "../refusal.ts";
import type { BufferedRequest, WireResponse } from "../request.ts";
import { describeViolations } from "../validate.ts";
import { stringsSchema, writeXml, type XmlMember } from "../xml/write-xml.ts";
import { type FormNode, parseForm } from "./form.ts";
import { readInput } from "./read-input.ts";

const METADATA = stringsSchema("ResponseMetadata", ["RequestId"]);

/** AWS's query protocol, that Elastic Beanstalk, IAM, STS, Auto Scaling and Elastic Load Balancing speak. */
export function queryProtocol(version: string, namespace: string): Protocol {
  return {
    streams: false,
    async read(request, schemas) {
      return readCall(request, schemas, version);
    },
    write(schema, output, requestId) {
      const action = schema[2];
      const result = NormalizedSchema.of(schema[5]);
      const members: XmlMember[] = [];
      if (result.isStructSchema()) {
        members.push({ name: `${action}Result`, schema: schema[5], value: output });
      }
      members.push({ name: "ResponseMetadata", schema: METADATA, value: { RequestId: requestId } });
      return xmlResponse(200, writeXml(`${action}Response`, namespace, members), requestId);
    },
    writeError(error, requestId) {
      const fields = {
        Type: error.status < 500 ? "Sender" : "Receiver",
        Code: error.code,
        Message: error.message,
      };
      const all = { ...fields, ...error.fields };
      const body = writeXml("ErrorResponse", namespace, [
        { name: "Error", schema: stringsSchema("Error", Object.keys(all)), value: all },
        { name: "RequestId", schema: 0, value: requestId },
      ]);
      return xmlResponse(error.status, body, requestId);
    },
    refuse: refuseQuery,
  };
}

function readCall(
  request: BufferedRequest,
  schemas: ReadonlyMap<string, StaticOperationSchema>,
  version: string,
): Call {
  const form = readForm(request);
  const action = form.children.get("Action")?.value ?? "";
  const schema = schemas.get(action);
  const asked = form.children.get("Version")?.value;
  if (!schema || asked !== version) {
    throw new Refusal("unsupported-operation", schema ? `${action} of version ${asked}` : action);
  }
  const input = readInput(NormalizedSchema.of(schema[4]), form, false);
  return { schema, input: (input ?? {}) as Record<string, unknown> };
}

/** The form of a request: its body, or its query when it is a GET. */
export function readForm(request: BufferedRequest): FormNode {
  if (request.method !== "GET") return parseForm(request.bytes.toString("utf8"));
  return parseForm(
    request.query
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join("&"),
  );
}

/** An XML answer. */
export function xmlResponse(status: number, body: string, requestId: string): WireResponse {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

/** How services of the query protocol turn requests away. */
export function refuseQuery(refusal: Refusal): ServiceError {
  switch (refusal.kind) {
    case "missing-signature":
      return new ServiceError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
    case "malformed-signature":
      return new ServiceError("IncompleteSignature", refusal.message);
    case "unknown-key":
      return new ServiceError(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
      );
    case "bad-signature":
      return new ServiceError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        403,
      );
    case "wrong-region":
      return new ServiceError(
        "SignatureDoesNotMatch",
        `Credential should be scoped to a valid region, not '${refusal.message}'.`,
        403,
      );
    case "wrong-scope":
      return new ServiceError(
        "SignatureDoesNotMatch",
        `Credential should be scoped to correct service, not '${refusal.message}'.`,
        403,
      );
    case "expired":
      return new ServiceError("SignatureDoesNotMatch", `Signature expired: ${refusal.message}`, 403);
    case "missing-parameter":
    case "invalid-parameter":
      return new ServiceError("ValidationError", describeViolations(refusal.violations));
    case "malformed-body":
      return new ServiceError("MalformedInput", refusal.message);
    case "unsupported-operation":
      return new ServiceError("UnsupportedOperation", `The sandbox does not emulate ${refusal.message}.`);
  }
  return new ServiceError("InternalFailure", refusal.message, 500);
}
