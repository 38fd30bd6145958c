import { randomUUID } from "node:crypto";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { LoadedModel } from "../model/loaded.js" */

/** Why a request's work is given up before it is done. */
export class ClientGone extends Error {
  constructor() {
    super("the client hung up");
    this.name = "ClientGone";
  }
}

/** Nothing was computed for a request in the time that it may wait. */
export class DeadlinePassed extends Error {
  constructor() {
    super("nothing was computed for the request in the time that it may wait");
    this.name = "DeadlinePassed";
  }
}

/** One request and its answer, with what the log says about them. */
export class Exchange {
  start = performance.now();
  /** @type {Record<string, unknown>} fields of the log's line */
  notes = {};
  /** @type {LoadedModel | undefined} the model that answered */
  model;

  #controller = new AbortController();
  /** @type {NodeJS.Timeout} */
  #deadline;

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   * @param {number} milliseconds how long it may wait without progress
   */
  constructor(request, response, milliseconds) {
    this.request = request;
    this.response = response;
    this.path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const given = request.headers["x-request-id"];
    this.id = typeof given === "string" && /^[\w.:=@/+-]{1,128}$/.test(given) ? given : randomUUID();
    this.#deadline = setTimeout(() => this.#controller.abort(new DeadlinePassed()), milliseconds);
    response.once("close", () => {
      clearTimeout(this.#deadline);
      if (!response.writableFinished) this.#controller.abort(new ClientGone());
    });
  }

  /** Some of its work is done: from now on it may wait as long again. A large request is slow, not stuck. */
  progress() {
    if (!this.response.closed && !this.signal.aborted) this.#deadline.refresh();
  }

  /** Aborts when the client hangs up, or when the request has waited too long. */
  get signal() {
    return this.#controller.signal;
  }

  get milliseconds() {
    return performance.now() - this.start;
  }

  /**
   * @param {number} status
   * @param {unknown} body
   * @param {Record<string, string>} [headers]
   */
  json(status, body, headers = {}) {
    this.send(status, JSON.stringify(body), {
      "content-type": "application/json; charset=utf-8",
      ...headers,
    });
  }

  /**
   * @param {number} status
   * @param {string | Buffer} body
   * @param {Record<string, string>} headers
   */
  send(status, body, headers) {
    const { response } = this;
    if (response.headersSent || response.destroyed) return;
    if (this.model !== undefined) {
      response.setHeader("x-bertops-model", this.model.name);
      response.setHeader("x-bertops-model-version", this.model.version);
    }
    const bytes = Buffer.byteLength(body);
    response.writeHead(status, { "cache-control": "no-store", ...headers, "content-length": String(bytes) });
    response.end(this.request.method === "HEAD" ? undefined : body);
  }
}
