import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";
import { ServiceError } from "../operation.ts";
import type { Protocol } from "../protocol.ts";
import { Refusal } from "../refusal.ts";
import { stringsSchema, writeXml, type XmlMember } from "../xml/write-xml.ts";
import { unreadPaths } from "./form.ts";
import { readForm, refuseQuery, xmlResponse } from "./query-protocol.ts";
import { readInput } from "./read-input.ts";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
const VERSION = "2016-11-15";
const ERROR = stringsSchema("Error", ["Code", "Message"]);
const ERRORS: StaticStructureSchema = [3, "bertops.sandbox", "Errors", 0, ["Error"], [ERROR]];

/** EC2's own dialect of the query protocol. */
export const EC2_PROTOCOL: Protocol = {
  streams: false,
  async read(request, schemas) {
    const form = readForm(request);
    const action = form.children.get("Action")?.value ?? "";
    const schema = schemas.get(action);
    if (!schema) throw new Refusal("unsupported-operation", action);
    const input = readInput(NormalizedSchema.of(schema[4]), form, true) ?? {};
    const known = new Set(["Action", "Version"]);
    const unknown = unreadPaths(form).find((path) => !known.has(path) && !path.startsWith("X-Amz-"));
    if (unknown !== undefined || form.children.get("Version")?.value !== VERSION) {
      throw new ServiceError("UnknownParameter", `The parameter ${unknown ?? "Version"} is not recognized`);
    }
    return { schema, input: input as Record<string, unknown> };
  },
  write(schema, output, requestId) {
    const result = NormalizedSchema.of(schema[5]);
    const members: XmlMember[] = [{ name: "requestId", schema: 0, value: requestId }];
    if (result.isStructSchema()) {
      const [, , , , names, schemas] = result.getSchema() as StaticStructureSchema;
      names.forEach((name, index) => members.push({ name, schema: schemas[index]!, value: output[name] }));
    } else {
      members.push({ name: "return", schema: 2, value: true });
    }
    return xmlResponse(200, writeXml(`${schema[2]}Response`, NAMESPACE, members), requestId);
  },
  writeError(error, requestId) {
    const body = writeXml("Response", undefined, [
      { name: "Errors", schema: ERRORS, value: { Error: { Code: error.code, Message: error.message } } },
      { name: "RequestID", schema: 0, value: requestId },
    ]);
    return xmlResponse(error.status, body, requestId);
  },
  refuse(refusal) {
    const [violation] = refusal.violations;
    switch (refusal.kind) {
      case "wrong-region":
        return authFailure(`Credential should be scoped to a valid region, not '${refusal.message}'.`);
      case "unknown-key":
      case "bad-signature":
      case "wrong-scope":
        return authFailure("AWS was not able to validate the provided access credentials");
      case "missing-parameter":
        return new ServiceError(
          "MissingParameter",
          `The request must contain the parameter ${violation?.path ?? refusal.message}`,
        );
      case "invalid-parameter":
        return new ServiceError(
          "InvalidParameterValue",
          `Value (${violation?.value}) for parameter ${violation?.path} is invalid. ${violation?.demand}`,
        );
      case "malformed-body":
        return new ServiceError("InvalidParameterValue", refusal.message);
      case "missing-signature":
      case "malformed-signature":
      case "expired":
      case "unsupported-operation":
        return refuseQuery(refusal);
    }
    return refuseQuery(refusal);
  },
};

function authFailure(message: string): ServiceError {
  return new ServiceError("AuthFailure", message, 401);
}
