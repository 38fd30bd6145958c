import { unavailable } from "../service/unavailable.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `GET /v1/models`: the one model that answers, as OpenAI's clients list them.
 * @param {App} app
 * @param {Exchange} exchange
 */
export function openaiModels(app, exchange) {
  const { model } = exchange;
  if (model === undefined) throw unavailable(app.state(), app);
  exchange.json(200, {
    object: "list",
    data: [{ id: model.name, object: "model", created: seconds(app.startedAt), owned_by: "bertops" }],
  });
}

/** @param {Date} date */
const seconds = (date) => Math.floor(date.getTime() / 1000);
