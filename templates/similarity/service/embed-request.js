import { ClientGone, DeadlinePassed } from "../http/exchange.js";
import { HttpError } from "../http/http-error.js";
import { EngineEnded } from "../inference/engine.js";
import { TooManyTokens, embed } from "../queue/embed.js";
import { Overloaded } from "../queue/scheduler.js";
import { unavailable } from "./unavailable.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { LoadedModel } from "../model/loaded.js" */
/** @import { Embedded } from "../queue/embed.js" */
/** @import { App } from "./app.js" */

/**
 * Embeds the texts of one request with the model that answers now, and notes for the log what it was. Throws HttpError.
 * @param {App} app
 * @param {Exchange} exchange
 * @param {readonly string[]} texts
 * @returns {Promise<Embedded & { model: LoadedModel }>}
 */
export async function embedRequest(app, exchange, texts) {
  const { host, scheduler, settings } = app;
  try {
    const answer = await host.use(exchange.signal, async (model) => {
      exchange.model = model;
      const prompt = model.description.prompts[model.description.defaultPrompt ?? ""] ?? "";
      const embedded = await embed({
        model,
        scheduler,
        texts: prompt === "" ? texts : texts.map((text) => prompt + text),
        maxTokens: settings.maxRequestTokens,
        signal: exchange.signal,
        progress: () => exchange.progress(),
      });
      return { ...embedded, model };
    });
    if (answer === undefined) throw unavailable(app.state(), app);
    const tokens = answer.tokens.reduce((sum, count) => sum + count, 0);
    Object.assign(exchange.notes, { texts: texts.length, tokens, cached: answer.cached });
    app.metrics.texts(texts.length, answer.cached);
    return answer;
  } catch (error) {
    throw refusal(error, settings.requestMilliseconds);
  }
}

/** @param {unknown} error @param {number} milliseconds @returns {unknown} */
function refusal(error, milliseconds) {
  if (error instanceof TooManyTokens) {
    return new HttpError(413, {
      reason: "too-many-tokens",
      message: `The texts have more than ${error.limit} tokens together.`,
      hint: "Send them in several requests, or raise MAX_REQUEST_TOKENS.",
    });
  }
  if (error instanceof Overloaded) {
    return new HttpError(503, {
      reason: "overloaded",
      message: "More requests wait than can be answered in time.",
      hint: "Ask again later, or let more instances answer: `bertops scale N`.",
      headers: { "retry-after": String(error.retrySeconds) },
    });
  }
  if (error instanceof DeadlinePassed) {
    return new HttpError(503, {
      reason: "timeout",
      message: `Nothing was computed for this request within ${milliseconds / 1000} s.`,
      hint: "Ask again later, or let more instances answer: `bertops scale N`.",
      headers: { "retry-after": "5" },
    });
  }
  if (error instanceof EngineEnded) {
    return new HttpError(503, {
      reason: "engine-restarts",
      message: "The inference process ended while it computed this answer; it is being started again.",
      hint: "Ask again in a few seconds; the instance's log says why it ended.",
      headers: { "retry-after": "3" },
    });
  }
  // What nobody will read any more needs no answer.
  if (error instanceof ClientGone) return error;
  return error;
}
