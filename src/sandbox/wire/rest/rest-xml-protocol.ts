import { XmlShapeDeserializer } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import type { Readable } from "node:stream";
import { ServiceError } from "../operation.ts";
import type { Protocol } from "../protocol.ts";
import { Refusal } from "../refusal.ts";
import { collect, type WireRequest, type WireResponse } from "../request.ts";
import { stringsSchema, writeXml } from "../xml/write-xml.ts";
import { bodyMembers, payloadMember, readBindings, writeHeaders } from "./bindings.ts";
import { refuseS3 } from "./refuse-s3.ts";
import { matchRoute, routeOf } from "./route.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const MAX_XML = 4 * 1024 * 1024;
const SETTINGS = {
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: true,
  xmlNamespace: NAMESPACE,
  serviceNamespace: "com.amazonaws.s3",
};

/** AWS's REST-XML protocol, as S3 speaks it: path style, streaming bodies, errors without a wrapper. */
export function restXmlProtocol(all: readonly StaticOperationSchema[]): Protocol {
  const routes = all.map(routeOf);
  return {
    streams: true,
    async read(request, schemas) {
      // Where two operations look the same, the one that the sandbox has is meant.
      const known = routes.toSorted(
        (a, b) => Number(schemas.has(b.schema[2])) - Number(schemas.has(a.schema[2])),
      );
      const match = matchRoute(known, request);
      const schema = match && schemas.get(match.route.schema[2]);
      if (!schema) {
        throw new Refusal(
          "unsupported-operation",
          match?.route.schema[2] ?? `${request.method} ${request.path}`,
        );
      }
      const structure = NormalizedSchema.of(schema[4]);
      const input = readBindings(structure, match, withoutChunking(request));
      const payload = payloadMember(structure);
      if (payload) {
        const [name, member] = payload;
        if (member.isStreaming()) input[name] = request.body;
        else {
          const bytes = await collect(request.body, MAX_XML);
          if (member.isStringSchema()) input[name] = bytes.toString("utf8");
          else if (bytes.length > 0) input[name] = readXml(member, bytes);
        }
      } else {
        request.body.resume();
      }
      return { schema, input };
    },
    write(schema, output, requestId) {
      const result = NormalizedSchema.of(schema[5]);
      const headers = {
        ...writeHeaders(result, output),
        "x-amz-request-id": requestId,
        "x-amz-id-2": Buffer.from(requestId.repeat(3)).toString("base64"),
      };
      const status = output.ContentRange === undefined ? routeOf(schema).status : 206;
      if (!result.isStructSchema()) return { status, headers, body: "" };
      const payload = payloadMember(result);
      if (payload && payload[1].isStreaming()) {
        return { status, headers, body: (output[payload[0]] as Readable | undefined) ?? "" };
      }
      if (payload && payload[1].isStringSchema()) {
        return { status, headers, body: (output[payload[0]] as string | undefined) ?? "" };
      }
      return { status, headers: { ...headers, ...XML }, body: writeBody(schema, result, output) };
    },
    writeError(error, requestId, request) {
      const headers = {
        ...XML,
        "x-amz-request-id": requestId,
        "x-amz-id-2": Buffer.from(requestId.repeat(3)).toString("base64"),
      };
      if (request.method === "HEAD" || error.status === 304)
        return { status: error.status, headers, body: "" };
      const fields = { Code: error.code, Message: error.message, ...error.fields, RequestId: requestId };
      const schema = stringsSchema("Error", Object.keys(fields));
      const members = schema[4].map((name) => ({
        name,
        schema: 0,
        value: String(fields[name as keyof typeof fields]),
      }));
      return {
        status: error.status,
        headers,
        body: writeXml("Error", undefined, members),
      } satisfies WireResponse;
    },
    refuse: refuseS3,
  };
}

/** The headers as they would be without `aws-chunked`: the length and the encoding of the object itself. */
function withoutChunking(request: WireRequest): WireRequest {
  const { "content-encoding": encoding, ...headers } = request.headers;
  const own = (encoding ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && one !== "aws-chunked");
  const length = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  return {
    ...request,
    headers: {
      ...headers,
      ...(own.length > 0 ? { "content-encoding": own.join(",") } : {}),
      ...(length === undefined ? {} : { "content-length": length }),
    },
  };
}

const XML = { "content-type": "application/xml" };

function writeBody(
  schema: StaticOperationSchema,
  result: NormalizedSchema,
  output: Readonly<Record<string, unknown>>,
): string {
  // Its answer has no structure around the one member.
  if (schema[2] === "GetBucketLocation") {
    const region = typeof output.LocationConstraint === "string" ? output.LocationConstraint : "";
    return `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${NAMESPACE}">${region}</LocationConstraint>`;
  }
  const payload = payloadMember(result);
  const shown = payload ? payload[1] : result;
  const value = (payload ? output[payload[0]] : output) as Record<string, unknown> | undefined;
  const members = bodyMembers(shown);
  if (members.length === 0 || value === undefined) return "";
  const root = shown.getMergedTraits().xmlName ?? shown.getName() ?? `${schema[2]}Result`;
  return writeXml(
    root,
    NAMESPACE,
    members.map((member) => ({ ...member, value: value[member.name] })),
  );
}

function readXml(member: NormalizedSchema, bytes: Buffer): unknown {
  try {
    return new XmlShapeDeserializer(SETTINGS).read(member, bytes.toString("utf8"));
  } catch {
    throw new ServiceError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
}
