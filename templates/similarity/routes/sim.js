import { fieldsOf, textField, textsField } from "../http/fields.js";
import { readJson } from "../http/read-json.js";
import { cosine } from "../service/cosine.js";
import { embedRequest } from "../service/embed-request.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `POST /sim`: how similar each text is to the target. `truncated` is there only when a text was cut.
 * @param {App} app
 * @param {Exchange} exchange
 */
export async function sim(app, exchange) {
  const { settings } = app;
  const fields = fieldsOf(await readJson(exchange.request, settings.maxBodyBytes));
  const target = textField(fields, "target");
  const texts = textsField(fields, "texts", settings.maxTexts);
  const { embeddings, truncated } = await embedRequest(app, exchange, [target, ...texts]);
  const [first, ...others] = embeddings;
  const sims = others.map((embedding) => (first === undefined ? 0 : cosine(first, embedding)));
  const cut = truncated.filter((index) => index > 0).map((index) => index - 1);
  exchange.json(200, {
    context: {
      target,
      texts,
      sims,
      ...(cut.length > 0 ? { truncated: cut } : {}),
      ...(truncated.includes(0) ? { targetTruncated: true } : {}),
    },
  });
}
