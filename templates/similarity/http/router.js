import { embedRoute } from "../routes/embed.js";
import { healthz, livez, readyz } from "../routes/health.js";
import { metrics } from "../routes/metrics.js";
import { model } from "../routes/model.js";
import { openaiEmbeddings } from "../routes/openai-embeddings.js";
import { openaiModels } from "../routes/openai-models.js";
import { openapi } from "../routes/openapi.js";
import { pageFile } from "../routes/page.js";
import { sim } from "../routes/sim.js";
import { HttpError } from "./http-error.js";

/** @import { App } from "../service/app.js" */
/** @import { Exchange } from "./exchange.js" */

/**
 * What answers a path: its method, whether a token is asked for, and whether it is one of the routes that are asked so
 * often that their answers are logged only when they change.
 * @typedef {object} Route
 * @property {"GET" | "POST"} method
 * @property {(app: App, exchange: Exchange) => void | Promise<void>} answer
 * @property {boolean} [open] no token is asked for
 * @property {boolean} [quiet]
 */

/** @type {Readonly<Record<string, Route>>} */
export const ROUTES = {
  "/": { method: "GET", answer: pageFile("index.html", "text/html; charset=utf-8"), open: true },
  "/page.css": {
    method: "GET",
    answer: pageFile("page.css", "text/css; charset=utf-8"),
    open: true,
    quiet: true,
  },
  "/page.js": {
    method: "GET",
    answer: pageFile("page.js", "text/javascript; charset=utf-8"),
    open: true,
    quiet: true,
  },
  "/sim": { method: "POST", answer: sim },
  "/embed": { method: "POST", answer: embedRoute },
  "/v1/embeddings": { method: "POST", answer: openaiEmbeddings },
  "/v1/models": { method: "GET", answer: openaiModels },
  "/model": { method: "GET", answer: model },
  "/metrics": { method: "GET", answer: metrics, quiet: true },
  "/livez": { method: "GET", answer: livez, open: true, quiet: true },
  "/healthz": { method: "GET", answer: healthz, open: true, quiet: true },
  "/readyz": { method: "GET", answer: readyz, open: true, quiet: true },
  "/openapi.json": { method: "GET", answer: openapi, open: true },
};

/**
 * The route of a request; 404 and 405 as HttpError.
 * @param {string} path
 * @param {string | undefined} method
 * @returns {Route}
 */
export function routeOf(path, method) {
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) {
    throw new HttpError(404, {
      reason: "not-found",
      message: `There is nothing at ${JSON.stringify(path.slice(0, 200))}.`,
      hint: `Ask one of ${Object.keys(ROUTES)
        .filter((known) => !known.startsWith("/page."))
        .join(", ")}.`,
    });
  }
  if (method === route.method || (method === "HEAD" && route.method === "GET")) return route;
  const allow = route.method === "GET" ? "GET, HEAD" : route.method;
  throw new HttpError(405, {
    reason: "method-not-allowed",
    message: `${path} does not answer ${method}.`,
    hint: `Use ${allow}.`,
    headers: { allow },
  });
}
