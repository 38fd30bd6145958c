import { Metrics } from "./metrics.js";

/** @import { ModelHost } from "../model/model-host.js" */
/** @import { RunReport, Scheduler } from "../queue/scheduler.js" */

/**
 * What the service measures of itself.
 * @typedef {object} ServiceMetrics
 * @property {(route: string, status: number, seconds: number) => void} request
 * @property {(texts: number, cached: number) => void} texts
 * @property {(run: RunReport) => void} run
 * @property {() => string} text
 */

/**
 * @param {{ host: ModelHost, scheduler: Scheduler }} parts
 * @returns {ServiceMetrics}
 */
export function createMetrics({ host, scheduler }) {
  const metrics = new Metrics();
  const requests = metrics.counter("bertops_requests_total", "Requests by route and status.");
  const requestSeconds = metrics.histogram(
    "bertops_request_seconds",
    "Time from a request's head to its answer.",
  );
  const texts = metrics.counter("bertops_texts_total", "Texts that requests brought.");
  const cached = metrics.counter("bertops_cached_texts_total", "Texts that were answered from memory.");
  const runs = metrics.counter("bertops_runs_total", "Runs of the model.");
  const runTexts = metrics.counter("bertops_run_texts_total", "Texts that runs computed.");
  const runTokens = metrics.counter("bertops_run_tokens_total", "Tokens that runs computed.");
  const runSeconds = metrics.histogram("bertops_run_seconds", "Time of a run.");

  metrics.gauge("bertops_queue_texts", "Texts that wait for a run.", () => [[{}, scheduler.load.texts]]);
  metrics.gauge("bertops_queue_tokens", "Tokens that wait for a run.", () => [[{}, scheduler.load.tokens]]);
  metrics.gauge("bertops_tokens_per_second", "Tokens a second of the last runs.", () => [
    [{}, Math.round(scheduler.load.tokensPerSecond)],
  ]);
  metrics.gauge("bertops_model_info", "The model that answers, in its labels.", () =>
    host.current === undefined ? [] : [[{ model: host.current.name, version: host.current.version }, 1]],
  );
  metrics.gauge("bertops_model_ready", "1 when a model answers.", () => [
    [{}, host.current === undefined ? 0 : 1],
  ]);
  metrics.gauge("bertops_model_loading", "1 while a version is being loaded.", () =>
    host.loading === undefined ? [] : [[{ version: host.loading.version }, 1]],
  );
  metrics.gauge("bertops_model_failed", "1 when the last published version does not load.", () =>
    host.failure === undefined ? [] : [[{ version: host.failure.version }, 1]],
  );
  metrics.gauge(
    "bertops_model_switches_total",
    "Models that began to answer.",
    () => [[{}, host.switches]],
    "counter",
  );
  metrics.gauge(
    "bertops_model_load_failures_total",
    "Loads that failed.",
    () => [[{}, host.failures]],
    "counter",
  );
  metrics.gauge("bertops_cache_texts", "Texts that are remembered.", () => [
    [{}, host.current?.cache.size ?? 0],
  ]);
  metrics.gauge("bertops_cache_bytes", "Bytes of what is remembered.", () => [
    [{}, host.current?.cache.bytes ?? 0],
  ]);
  metrics.gauge("process_resident_memory_bytes", "Memory of the process that answers HTTP.", () => [
    [{}, process.memoryUsage.rss()],
  ]);
  metrics.gauge("process_uptime_seconds", "Seconds since the start.", () => [
    [{}, Math.round(process.uptime())],
  ]);

  return {
    request: (route, status, seconds) => {
      requests({ route, status });
      requestSeconds(seconds);
    },
    texts: (count, remembered) => {
      texts({}, count);
      cached({}, remembered);
    },
    run: ({ texts: count, tokens, milliseconds }) => {
      runs();
      runTexts({}, count);
      runTokens({}, tokens);
      runSeconds(milliseconds / 1000);
    },
    text: () => metrics.text(),
  };
}
