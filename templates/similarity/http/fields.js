import { HttpError } from "./http-error.js";

/**
 * The fields of a body that must be an object.
 * @param {unknown} body
 * @returns {Record<string, unknown>}
 */
export function fieldsOf(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("body", "must be an object");
  }
  return Object.fromEntries(Object.entries(body));
}

/**
 * @param {Record<string, unknown>} fields
 * @param {string} name
 * @returns {string}
 */
export function textField(fields, name) {
  const value = fields[name];
  if (typeof value !== "string") throw invalid(name, value === undefined ? "is missing" : "must be a text");
  return value;
}

/**
 * @param {Record<string, unknown>} fields
 * @param {string} name
 * @param {number} most
 * @returns {string[]}
 */
export function textsField(fields, name, most) {
  const value = fields[name];
  if (!Array.isArray(value))
    throw invalid(name, value === undefined ? "is missing" : "must be a list of texts");
  if (value.length > most) {
    throw new HttpError(413, {
      reason: "too-many-texts",
      message: `\`${name}\` has ${value.length} texts; at most ${most} are answered at once.`,
      hint: "Send them in several requests, or raise MAX_TEXTS.",
    });
  }
  for (const [index, text] of value.entries()) {
    if (typeof text !== "string") throw invalid(`${name}[${index}]`, "must be a text");
  }
  return value;
}

/**
 * @param {Record<string, unknown>} fields
 * @param {string} name
 * @returns {boolean | undefined}
 */
export function optionalBoolean(fields, name) {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(name, "must be true or false");
  return value;
}

/**
 * 422: the body is JSON, but not what the route takes.
 * @param {string} name
 * @param {string} what
 * @param {string} [hint]
 */
export function invalid(name, what, hint = "GET /openapi.json describes what each route takes.") {
  return new HttpError(422, { reason: "invalid-field", message: `\`${name}\` ${what}.`, hint });
}
