import { fieldsOf, optionalBoolean, textsField } from "../http/fields.js";
import { readJson } from "../http/read-json.js";
import { unit } from "../service/cosine.js";
import { embedRequest } from "../service/embed-request.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `POST /embed`: the texts' embeddings as the model gives them, or at length 1 with `"normalize": true`.
 * @param {App} app
 * @param {Exchange} exchange
 */
export async function embedRoute(app, exchange) {
  const { settings } = app;
  const fields = fieldsOf(await readJson(exchange.request, settings.maxBodyBytes));
  const texts = textsField(fields, "texts", settings.maxTexts);
  const normalize = optionalBoolean(fields, "normalize");
  const { embeddings, truncated, model } = await embedRequest(app, exchange, texts);
  const vectors = (normalize ?? model.description.normalize) ? embeddings.map(unit) : embeddings;
  exchange.json(200, {
    embeddings: vectors.map((vector) => Array.from(vector)),
    dimensions: model.description.dimensions,
    model: model.name,
    version: model.version,
    ...(truncated.length > 0 ? { truncated } : {}),
  });
}
