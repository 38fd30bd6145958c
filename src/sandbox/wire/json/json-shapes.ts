import { JsonShapeDeserializer, JsonShapeSerializer } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef } from "@smithy/types";
import { Refusal } from "../refusal.ts";

/** 7 is epoch seconds, as AWS's JSON protocols write timestamps. */
const SETTINGS = { jsonName: true, timestampFormat: { useTrait: true, default: 7 as const } };

/** Writes a value as JSON with the SDK's own serializer. */
export function writeJson(schema: $SchemaRef, value: unknown): string {
  const serializer = new JsonShapeSerializer(SETTINGS);
  serializer.write(NormalizedSchema.of(schema), value);
  return serializer.flush();
}

/** Reads a JSON body by its schema. Throws `malformed-body`, also where a value has another type than its schema. */
export async function readJson(schema: $SchemaRef, bytes: Buffer): Promise<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const normalized = NormalizedSchema.of(schema);
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Refusal("malformed-body", "Unexpected token: the request body is not valid JSON");
  }
  checkTypes(normalized, parsed, "");
  return (await new JsonShapeDeserializer(SETTINGS).read(normalized, bytes.toString("utf8"))) as Record<
    string,
    unknown
  >;
}

function checkTypes(schema: NormalizedSchema, value: unknown, path: string): void {
  if (value === null || value === undefined) return;
  if (schema.isStructSchema()) {
    const record = expectObject(value, path);
    for (const [name, member] of schema.structIterator()) {
      checkTypes(member, record[member.getMergedTraits().jsonName ?? name], `${path}/${name}`);
    }
  } else if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw wrongType(path, "a list");
    value.forEach((item, index) => checkTypes(schema.getValueSchema(), item, `${path}/${index}`));
  } else if (schema.isMapSchema()) {
    for (const [key, item] of Object.entries(expectObject(value, path))) {
      checkTypes(schema.getValueSchema(), item, `${path}/${key}`);
    }
  } else if (schema.isStringSchema() && typeof value !== "string") throw wrongType(path, "a string");
  else if (schema.isBooleanSchema() && typeof value !== "boolean") throw wrongType(path, "a boolean");
  else if (schema.isNumericSchema() && typeof value !== "number") throw wrongType(path, "a number");
}

function expectObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(path, "an object");
  return value as Record<string, unknown>;
}

function wrongType(path: string, wanted: string): Refusal {
  return new Refusal("malformed-body", `${path === "" ? "The request body" : path} must be ${wanted}`);
}
