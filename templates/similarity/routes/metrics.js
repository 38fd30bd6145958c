/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `GET /metrics`, in Prometheus' text format.
 * @param {App} app
 * @param {Exchange} exchange
 */
export function metrics(app, exchange) {
  exchange.send(200, app.metrics.text(), { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
}
