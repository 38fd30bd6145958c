import { isHealthy } from "../service/state.js";
import { unavailable } from "../service/unavailable.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `GET /livez`: the process answers.
 * @param {App} _app
 * @param {Exchange} exchange
 */
export function livez(_app, exchange) {
  exchange.json(200, { status: "alive" });
}

/**
 * `GET /healthz`, which the load balancer asks: 200 when the service answers, or waits for its first model. `store` is told
 * beside it, since a model in memory answers on when its store goes away.
 * @param {App} app
 * @param {Exchange} exchange
 */
export function healthz(app, exchange) {
  const state = app.state();
  const store = app.store.state;
  if (app.life.draining) return exchange.json(503, { status: "stopping", store });
  if (isHealthy(state)) return exchange.json(200, { status: state, store });
  exchange.json(503, { status: state, store, ...unavailable(state, app).body });
}

/**
 * `GET /readyz`: 200 once a model is loaded and has answered a warm-up; until then how far its loading is.
 * @param {App} app
 * @param {Exchange} exchange
 */
export function readyz(app, exchange) {
  const { host } = app;
  const state = app.state();
  if (host.current !== undefined && !app.life.draining) {
    exchange.model = host.current;
    return exchange.json(200, { status: state, model: host.current.name, version: host.current.version });
  }
  const { loading } = host;
  const progress =
    loading === undefined ? {} : { version: loading.version, bytes: loading.bytes, total: loading.total };
  exchange.json(503, {
    status: app.life.draining ? "stopping" : state,
    ...progress,
    ...unavailable(state, app).body,
  });
}
