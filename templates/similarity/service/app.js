import { readSecret } from "../aws/secret.js";
import { createGate } from "../http/authorise.js";
import { Tokens } from "../http/tokens.js";
import { ModelHost } from "../model/model-host.js";
import { StoreWatch } from "../model/store-watch.js";
import { Scheduler } from "../queue/scheduler.js";
import { createMetrics } from "./service-metrics.js";
import { stateOf } from "./state.js";

/** @import { Log } from "./log.js" */
/** @import { Settings } from "./settings.js" */

/**
 * Everything that the routes share.
 * @typedef {object} App
 * @property {Settings} settings
 * @property {Log} log
 * @property {ModelHost} host
 * @property {StoreWatch} store
 * @property {Scheduler} scheduler
 * @property {import("./service-metrics.js").ServiceMetrics} metrics
 * @property {Tokens} tokens
 * @property {(authorization: string | undefined) => Promise<void>} gate throws 401
 * @property {() => import("./state.js").State} state
 * @property {{ draining: boolean }} life
 * @property {Date} startedAt
 */

/**
 * Puts the service together; nothing runs yet.
 * @param {{ settings: Settings, log: Log }} parts
 * @returns {App}
 */
export function createApp({ settings, log }) {
  const host = new ModelHost({ settings, log });
  const store = new StoreWatch({ settings, log, published: (source) => host.want(source) });
  /** @type {(run: import("../queue/scheduler.js").RunReport) => void} */
  let report = () => {};
  const scheduler = new Scheduler(settings, (run) => report(run));
  const metrics = createMetrics({ host, scheduler });
  report = metrics.run;
  const { tokenSecret } = settings;
  const tokens = new Tokens({
    fixed: settings.tokens,
    read: tokenSecret === undefined ? undefined : () => readSecret(tokenSecret, process.env),
    intervalMilliseconds: settings.tokenMilliseconds,
    log,
  });
  return {
    settings,
    log,
    host,
    store,
    scheduler,
    metrics,
    tokens,
    gate: createGate(tokens),
    state: () => stateOf(host, store),
    life: { draining: false },
    startedAt: new Date(),
  };
}
