import { HttpError } from "./http-error.js";

/** @import { IncomingMessage } from "node:http" */

const TYPE_HINT = "Send JSON with the header `content-type: application/json`.";

/**
 * A request's body as JSON: 415 when it is something else, 413 when it is too large, 400 when it can't be read.
 * @param {IncomingMessage} request
 * @param {number} maxBytes
 * @returns {Promise<unknown>}
 */
export async function readJson(request, maxBytes) {
  checkType(request);
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const body = await collect(request, maxBytes);
  if (body.length === 0) {
    throw new HttpError(400, { reason: "empty-body", message: "The request has no body.", hint: TYPE_HINT });
  }
  return parse(body);
}

/** @param {IncomingMessage} request */
function checkType(request) {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new HttpError(415, {
      reason: "unsupported-encoding",
      message: `Bodies in the encoding ${JSON.stringify(encoding)} are not read.`,
      hint: "Send the body uncompressed.",
    });
  }
  const type = request.headers["content-type"];
  if (type === undefined) return;
  const name = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (name === "application/json" || name.endsWith("+json")) return;
  throw new HttpError(415, {
    reason: "unsupported-type",
    message: `Bodies of the type ${JSON.stringify(name)} are not read.`,
    hint: TYPE_HINT,
  });
}

/** @param {IncomingMessage} request @param {number} maxBytes */
async function collect(request, maxBytes) {
  /** @type {Buffer[]} */
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

/** @param {Buffer} body */
function parse(body) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return JSON.parse(text);
  } catch (error) {
    const utf8 = error instanceof TypeError;
    const why = error instanceof SyntaxError ? `: ${error.message}` : "";
    throw new HttpError(400, {
      reason: utf8 ? "invalid-utf8" : "invalid-json",
      message: utf8 ? "The body is not UTF-8." : `The body is not JSON${why}.`,
      hint: 'Send an object, as in `-H \'content-type: application/json\' -d \'{"target":"JSON","texts":["text"]}\'`.',
    });
  }
}

/** @param {number} maxBytes */
function tooLarge(maxBytes) {
  return new HttpError(413, {
    reason: "body-too-large",
    message: `The body has more than ${maxBytes} bytes.`,
    hint: "Send fewer texts at a time, or raise MAX_BODY_BYTES and the proxy's client_max_body_size.",
    // What is left of the body will not be read.
    headers: { connection: "close" },
  });
}
