import { NormalizedSchema } from "@smithy/core/schema";
import type { Protocol } from "../protocol.ts";
import { Refusal } from "../refusal.ts";
import type { WireResponse } from "../request.ts";
import { readJson, writeJson } from "./json-shapes.ts";
import { refuseJson } from "./refuse-json.ts";

const CONTENT_TYPE = "application/x-amz-json-1.1";

/** AWS's JSON 1.1 protocol: the operation is the last part of the header `x-amz-target`. */
export function jsonProtocol(validation: string): Protocol {
  return {
    streams: false,
    async read(request, schemas) {
      const target = request.headers["x-amz-target"] ?? "";
      const schema = schemas.get(target.split(".").at(-1) ?? "");
      if (!schema) throw new Refusal("unsupported-operation", target);
      return { schema, input: await readJson(schema[4], request.bytes) };
    },
    write(schema, output, requestId) {
      const result = NormalizedSchema.of(schema[5]);
      return answer(200, result.isStructSchema() ? writeJson(result, output) : "{}", requestId);
    },
    writeError(error, requestId) {
      const body = { __type: error.code, Message: error.message, message: error.message, ...error.fields };
      return answer(error.status, JSON.stringify(body), requestId);
    },
    refuse: (refusal) => refuseJson(refusal, validation),
  };
}

function answer(status: number, body: string, requestId: string): WireResponse {
  return { status, headers: { "content-type": CONTENT_TYPE, "x-amzn-requestid": requestId }, body };
}
