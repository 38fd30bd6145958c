import { fieldsOf, invalid, textField, textsField } from "../http/fields.js";
import { readJson } from "../http/read-json.js";
import { unit } from "../service/cosine.js";
import { embedRequest } from "../service/embed-request.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

const TOKENS_HINT =
  "Token ids mean something to the model they were made for alone: send the texts (LangChain: `check_embedding_ctx_length=False`).";

/**
 * `POST /v1/embeddings`, as OpenAI's clients ask: vectors of length 1, as numbers or in base64. `model` is not looked
 * at: this service has one.
 * @param {App} app
 * @param {Exchange} exchange
 */
export async function openaiEmbeddings(app, exchange) {
  const { settings } = app;
  const fields = fieldsOf(await readJson(exchange.request, settings.maxBodyBytes));
  const { input } = fields;
  if (Array.isArray(input) && (typeof input[0] === "number" || Array.isArray(input[0])))
    throw invalid("input", "has token ids; it must be a text or a list of texts", TOKENS_HINT);
  const texts =
    typeof input === "string" ? [textField(fields, "input")] : textsField(fields, "input", settings.maxTexts);
  const format = fields.encoding_format ?? "float";
  if (format !== "float" && format !== "base64")
    throw invalid("encoding_format", 'must be "float" or "base64"');
  const { embeddings, tokens, model } = await embedRequest(app, exchange, texts);
  const { dimensions } = model.description;
  if (fields.dimensions !== undefined && fields.dimensions !== null && fields.dimensions !== dimensions) {
    throw invalid("dimensions", `must be ${dimensions}, which is what this model has`);
  }
  const total = tokens.reduce((sum, count) => sum + count, 0);
  exchange.json(200, {
    object: "list",
    data: embeddings.map((embedding, index) => ({
      object: "embedding",
      index,
      embedding: written(unit(embedding), format),
    })),
    model: model.name,
    usage: { prompt_tokens: total, total_tokens: total },
  });
}

/** @param {Float32Array} vector @param {"float" | "base64"} format */
function written(vector, format) {
  if (format === "float") return Array.from(vector);
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
