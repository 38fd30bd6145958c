/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

const text = { type: "string" };
const texts = { type: "array", items: text };

/** @param {Record<string, unknown>} properties @param {string[]} required */
const object = (properties, required) => ({ type: "object", properties, required });

/** @param {Record<string, unknown>} schema */
const json = (schema) => ({ "application/json": { schema } });

/** @param {string} description @param {Record<string, unknown>} schema */
const answer = (description, schema) => ({ description, content: json(schema) });

const embedding = object(
  {
    object: { const: "embedding" },
    index: { type: "integer" },
    embedding: {
      oneOf: [
        { type: "array", items: { type: "number" } },
        { type: "string", contentEncoding: "base64", description: "Little-endian float32." },
      ],
    },
  },
  ["object", "index", "embedding"],
);

const refusal = object(
  { error: object({ reason: text, message: text, hint: text }, ["reason", "message"]) },
  ["error"],
);

const refusals = {
  400: answer("The body is no JSON.", refusal),
  401: answer("A token is asked for.", refusal),
  413: answer("The body, the number of texts or their tokens are too large.", refusal),
  415: answer("The body is of a type or in an encoding that is not read.", refusal),
  422: answer("A field is missing or of the wrong type.", refusal),
  503: answer(
    "No model answers yet, or too many requests wait; `retry-after` says when to ask again.",
    refusal,
  ),
};

/** @param {string} summary @param {Record<string, unknown>} body @param {Record<string, unknown>} result */
const post = (summary, body, result) => ({
  post: {
    summary,
    requestBody: { required: true, content: json(body) },
    responses: { 200: answer("The answer.", result), ...refusals },
  },
});

/** @param {string} summary @param {Record<string, unknown>} responses */
const get = (summary, responses) => ({ get: { summary, responses } });

const DOCUMENT = {
  openapi: "3.1.0",
  info: {
    title: "bertops similarity service",
    version: "1",
    summary: "How similar sentences are, by a BERT model.",
  },
  paths: {
    "/sim": post(
      "Cosine similarities of a target and texts.",
      object({ target: text, texts }, ["target", "texts"]),
      object(
        {
          context: object(
            {
              target: text,
              texts,
              sims: { type: "array", items: { type: "number", minimum: -1, maximum: 1 } },
              truncated: {
                type: "array",
                items: { type: "integer" },
                description: "Texts that were cut; absent if none.",
              },
              targetTruncated: { type: "boolean" },
            },
            ["target", "texts", "sims"],
          ),
        },
        ["context"],
      ),
    ),
    "/embed": post(
      "The embeddings of texts.",
      object({ texts, normalize: { type: "boolean" } }, ["texts"]),
      object(
        {
          embeddings: { type: "array", items: { type: "array", items: { type: "number" } } },
          dimensions: { type: "integer" },
          model: text,
          version: text,
          truncated: { type: "array", items: { type: "integer" } },
        },
        ["embeddings", "dimensions", "model", "version"],
      ),
    ),
    "/v1/embeddings": post(
      "The embeddings of texts, as OpenAI's clients ask for them.",
      object(
        {
          input: { oneOf: [text, texts] },
          model: text,
          encoding_format: { enum: ["float", "base64"] },
          dimensions: { type: "integer" },
        },
        ["input"],
      ),
      object(
        {
          object: { const: "list" },
          data: { type: "array", items: embedding },
          model: text,
          usage: object({ prompt_tokens: { type: "integer" }, total_tokens: { type: "integer" } }, [
            "prompt_tokens",
            "total_tokens",
          ]),
        },
        ["object", "data", "model", "usage"],
      ),
    ),
    "/v1/models": get("The model that answers, as OpenAI's clients list models.", {
      200: answer(
        "A list of one.",
        object({ object: { const: "list" }, data: { type: "array", items: { type: "object" } } }, [
          "object",
          "data",
        ]),
      ),
      401: refusals[401],
      503: refusals[503],
    }),
    "/model": get("Which model answers, what is loading, what failed.", {
      200: answer("The state.", { type: "object" }),
    }),
    "/metrics": get("Prometheus metrics.", {
      200: { description: "Metrics.", content: { "text/plain": {} } },
    }),
    "/livez": get("The process answers.", { 200: answer("Alive.", { type: "object" }) }),
    "/healthz": get("What a load balancer asks.", {
      200: answer("It answers, or waits for its first model.", { type: "object" }),
      503: answer("A published model is loading, or the store is not mounted.", { type: "object" }),
    }),
    "/readyz": get("A model is loaded and warm.", {
      200: answer("Ready.", { type: "object" }),
      503: answer("Not yet; says how far it is.", { type: "object" }),
    }),
  },
};

/**
 * `GET /openapi.json`; with the bearer scheme where a token is asked for.
 * @param {App} app
 * @param {Exchange} exchange
 */
export function openapi(app, exchange) {
  const security = !app.tokens.required
    ? {}
    : {
        components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
        security: [{ token: [] }],
      };
  exchange.json(200, { ...DOCUMENT, ...security });
}
