import type { NormalizedSchema } from "@smithy/core/schema";
import { Refusal } from "./refusal.ts";

/** Reads a simple value from the text of a form, a header, a label or a query. Throws `malformed-body`. */
export function parseScalar(
  schema: NormalizedSchema,
  text: string,
  timestamps: "date-time" | "http-date",
): unknown {
  if (schema.isBooleanSchema()) {
    const lower = text.toLowerCase();
    if (lower !== "true" && lower !== "false") throw malformed(text, "a boolean");
    return lower === "true";
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) {
    const number = Number(text);
    if (text.trim() === "" || !Number.isFinite(number)) throw malformed(text, "a number");
    return number;
  }
  if (schema.isTimestampSchema()) {
    const epoch = timestamps === "date-time" && /^\d+(?:\.\d+)?$/.test(text);
    const date = epoch ? new Date(Number(text) * 1000) : new Date(text);
    if (Number.isNaN(date.getTime())) throw malformed(text, "a timestamp");
    return date;
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, "base64"));
  return text;
}

function malformed(text: string, wanted: string): Refusal {
  return new Refusal("malformed-body", `'${text}' is not ${wanted}`);
}
