import { createServer } from "node:http";
import { ClientGone, Exchange } from "./exchange.js";
import { HttpError } from "./http-error.js";
import { routeOf } from "./router.js";

/** @import { IncomingMessage, Server, ServerResponse } from "node:http" */
/** @import { App } from "../service/app.js" */
/** @import { Route } from "./router.js" */

/** The proxy keeps connections open for a minute; closing first would make it fail a request now and then. */
const KEEP_ALIVE_MS = 75_000;

/**
 * The HTTP server, not listening yet.
 * @param {App} app
 * @returns {Server}
 */
export function createHttpServer(app) {
  const { bodyMilliseconds } = app.settings;
  const server = createServer({
    requestTimeout: bodyMilliseconds,
    headersTimeout: Math.min(15_000, bodyMilliseconds),
    connectionsCheckingInterval: Math.min(1000, bodyMilliseconds / 2),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 16 * 1024,
  });
  /** @type {Map<string, number>} the last status of routes that are asked all the time */
  const lastStatus = new Map();
  /** @param {IncomingMessage} request @param {ServerResponse} response */
  const listener = (request, response) => void answer(app, lastStatus, request, response);
  server.on("request", listener);
  server.on("checkContinue", (request, response) => {
    // A body that will be refused for its length is not asked for.
    if (Number(request.headers["content-length"] ?? 0) <= app.settings.maxBodyBytes) response.writeContinue();
    listener(request, response);
  });
  server.on("clientError", (error, socket) => {
    const late = "code" in error && error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    app.metrics.request("unreadable", late ? 408 : 400, 0);
    if (!socket.writable) return socket.destroy();
    const body = JSON.stringify(
      late
        ? {
            error: {
              reason: "slow-request",
              message: "The request did not arrive in time.",
              hint: "Send it again.",
            },
          }
        : {
            error: {
              reason: "unreadable-request",
              message: "This is not HTTP.",
              hint: "Check the request's head and length.",
            },
          },
    );
    socket.end(
      `HTTP/1.1 ${late ? "408 Request Timeout" : "400 Bad Request"}\r\nconnection: close\r\n` +
        `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  return server;
}

/**
 * @param {App} app @param {Map<string, number>} lastStatus
 * @param {IncomingMessage} request @param {ServerResponse} response
 */
async function answer(app, lastStatus, request, response) {
  const exchange = new Exchange(request, response, app.settings.requestMilliseconds);
  response.setHeader("x-request-id", exchange.id);
  response.setHeader("x-bertops-instance", app.settings.instance);
  if (app.life.draining) response.setHeader("connection", "close");
  /** @type {Route | undefined} */
  let route;
  response.once("close", () => record(app, lastStatus, exchange, route));
  try {
    exchange.model = app.host.current;
    route = routeOf(exchange.path, request.method);
    if (!route.open) await app.gate(request.headers.authorization);
    await route.answer(app, exchange);
  } catch (error) {
    refuse(app, exchange, error);
  }
}

/** @param {App} app @param {Exchange} exchange @param {unknown} error */
function refuse(app, exchange, error) {
  if (error instanceof HttpError) {
    exchange.notes.reason = error.reason;
    return exchange.json(error.status, error.body, error.headers);
  }
  if (
    error instanceof ClientGone ||
    exchange.signal.reason instanceof ClientGone ||
    exchange.request.destroyed
  ) {
    return void exchange.response.destroy();
  }
  app.log("error", "a request failed", {
    requestId: exchange.id,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  exchange.notes.reason = "internal";
  exchange.json(500, {
    error: {
      reason: "internal",
      message: "Something went wrong inside the service.",
      hint: `Its log says what, under the request id ${exchange.id}.`,
    },
  });
}

/** @param {App} app @param {Map<string, number>} lastStatus @param {Exchange} exchange @param {Route | undefined} route */
function record(app, lastStatus, exchange, route) {
  const { request, response, path } = exchange;
  // 499 is what nginx writes for a client that hung up.
  const status = response.writableFinished ? response.statusCode : 499;
  app.metrics.request(route === undefined ? "unknown" : path, status, exchange.milliseconds / 1000);
  if (route?.quiet && !app.settings.logHealth) {
    const before = lastStatus.get(path);
    lastStatus.set(path, status);
    if (before === status || (before === undefined && status === 200)) return;
  }
  app.log(status >= 500 ? "warn" : "info", "request", {
    requestId: exchange.id,
    method: request.method,
    path: route === undefined ? path.slice(0, 200) : path,
    status,
    milliseconds: Math.round(exchange.milliseconds * 10) / 10,
    version: exchange.model?.version,
    ...exchange.notes,
  });
}
