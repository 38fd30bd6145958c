import type { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef, StaticStructureSchema } from "@smithy/types";
import type { WireRequest } from "../request.ts";
import { parseScalar } from "../scalar.ts";
import type { Match } from "./route.ts";

/** The members of an input that are in the path, the query and the headers. */
export function readBindings(
  schema: NormalizedSchema,
  match: Match,
  request: WireRequest,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return input;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    let value: unknown;
    if (traits.httpLabel) {
      const label = match.labels.get(name);
      if (label !== undefined) value = parseScalar(member, label, "date-time");
    } else if (traits.httpQuery) {
      value = readQuery(member, request, traits.httpQuery);
    } else if (traits.httpHeader) {
      value = readHeader(member, request, traits.httpHeader);
    } else if (traits.httpPrefixHeaders !== undefined) {
      value = readPrefixed(request, traits.httpPrefixHeaders);
    }
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function readQuery(member: NormalizedSchema, request: WireRequest, name: string): unknown {
  const values = request.query.filter(([key]) => key === name).map(([, value]) => value);
  if (values.length === 0) return undefined;
  if (!member.isListSchema()) return parseScalar(member, values[0]!, "date-time");
  return values.map((value) => parseScalar(member.getValueSchema(), value, "date-time"));
}

function readHeader(member: NormalizedSchema, request: WireRequest, name: string): unknown {
  const text = request.headers[name.toLowerCase()];
  if (text === undefined) return undefined;
  if (!member.isListSchema()) return parseScalar(member, text, "http-date");
  return text.split(",").map((item) => parseScalar(member.getValueSchema(), item.trim(), "http-date"));
}

function readPrefixed(request: WireRequest, prefix: string): Record<string, string> {
  const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix.toLowerCase()));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The headers that members of an output become. */
export function writeHeaders(
  schema: NormalizedSchema,
  output: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!schema.isStructSchema()) return headers;
  for (const [name, member] of schema.structIterator()) {
    const value = output[name] as HeaderValue | Record<string, string> | null | undefined;
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    if (httpHeader) {
      headers[httpHeader.toLowerCase()] = writeHeader(value as HeaderValue);
    } else if (httpPrefixHeaders !== undefined) {
      for (const [key, item] of Object.entries(value as Record<string, string>)) {
        headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = item;
      }
    }
  }
  return headers;
}

type HeaderValue = string | number | boolean | Date;

function writeHeader(value: HeaderValue): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

/** The member that is the whole body, if there is one. */
export function payloadMember(schema: NormalizedSchema): [string, NormalizedSchema] | undefined {
  if (!schema.isStructSchema()) return undefined;
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload) return [name, member];
  }
  return undefined;
}

/** The members of a structure that go into its body, with their schemas. */
export function bodyMembers(
  schema: NormalizedSchema,
): { readonly name: string; readonly schema: $SchemaRef }[] {
  if (!schema.isStructSchema()) return [];
  const [, , , , names, schemas] = schema.getSchema() as StaticStructureSchema;
  return names
    .map((name, index) => ({ name, schema: schemas[index]! }))
    .filter(({ name }) => {
      const traits = schema.getMemberSchema(name).getMergedTraits();
      const bound = traits.httpLabel ?? traits.httpQuery ?? traits.httpHeader ?? traits.httpPrefixHeaders;
      return bound === undefined && !traits.httpPayload && !traits.httpResponseCode;
    });
}

/** A structure's schema with only the members of its body. */
export function bodySchema(schema: NormalizedSchema): StaticStructureSchema {
  const members = bodyMembers(schema);
  return [
    3,
    "bertops.sandbox",
    schema.getName() ?? "Body",
    0,
    members.map((one) => one.name),
    members.map((one) => one.schema),
  ];
}
