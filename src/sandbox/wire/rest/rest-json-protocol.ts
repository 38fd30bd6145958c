import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { readJson, writeJson } from "../json/json-shapes.ts";
import { refuseJson } from "../json/refuse-json.ts";
import type { Protocol } from "../protocol.ts";
import { Refusal } from "../refusal.ts";
import { bodySchema, readBindings, writeHeaders } from "./bindings.ts";
import { matchRoute, routeOf } from "./route.ts";

/** AWS's REST-JSON protocol, as EFS speaks it: errors carry `ErrorCode` and `Message`. */
export function restJsonProtocol(all: readonly StaticOperationSchema[]): Protocol {
  const routes = all.map(routeOf);
  return {
    streams: false,
    async read(request, schemas) {
      const match = matchRoute(routes, request);
      const schema = match && schemas.get(match.route.schema[2]);
      if (!schema) {
        throw new Refusal(
          "unsupported-operation",
          match?.route.schema[2] ?? `${request.method} ${request.path}`,
        );
      }
      const input = NormalizedSchema.of(schema[4]);
      const body = await readJson(input, request.bytes);
      return { schema, input: { ...body, ...readBindings(input, match, request) } };
    },
    write(schema, output, requestId) {
      const result = NormalizedSchema.of(schema[5]);
      const status = routeOf(schema).status;
      const headers = { ...writeHeaders(result, output), "x-amzn-requestid": requestId };
      if (!result.isStructSchema()) return { status, headers, body: "" };
      const body = writeJson(bodySchema(result), output);
      return { status, headers: { ...headers, "content-type": "application/json" }, body };
    },
    writeError(error, requestId) {
      return {
        status: error.status,
        headers: {
          "content-type": "application/json",
          "x-amzn-errortype": error.code,
          "x-amzn-requestid": requestId,
        },
        body: JSON.stringify({
          ErrorCode: error.code,
          Message: error.message,
          message: error.message,
          ...error.fields,
        }),
      };
    },
    refuse: (refusal) => refuseJson(refusal, "ValidationException"),
  };
}
