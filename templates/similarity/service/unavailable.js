import { HttpError } from "../http/http-error.js";

/** @import { ModelHost } from "../model/model-host.js" */
/** @import { StoreWatch } from "../model/store-watch.js" */
/** @import { Settings } from "./settings.js" */
/** @import { State } from "./state.js" */

/**
 * Why no model answers, and what to do about it.
 * @param {State} state
 * @param {{ host: ModelHost, store: StoreWatch, settings: Settings }} parts
 * @returns {HttpError}
 */
export function unavailable(state, { host, store, settings }) {
  const { modelName, modelRoot } = settings;
  /** @param {string} reason @param {string} message @param {string} hint @param {number} seconds */
  const refuse = (reason, message, hint, seconds) =>
    new HttpError(503, { reason, message, hint, headers: { "retry-after": String(seconds) } });

  switch (state) {
    case "waiting":
      return refuse(
        "no-model",
        `No model is published as ${modelName} in ${modelRoot} yet.`,
        "Run `bertops push-model DIR` on your machine; this service picks the model up within seconds.",
        10,
      );
    case "unmounted":
      return refuse(
        "store-not-mounted",
        `The model store is not mounted: ${modelRoot} does not exist on this instance.`,
        "Run `bertops mount-efs`.",
        10,
      );
    case "failed":
      return refuse(
        "model-failed",
        `The published version ${host.failure?.version} does not load: ${host.failure?.message}`,
        "Push it again with `bertops push-model DIR`, or go back with `bertops models rollback`.",
        10,
      );
    case "unreadable":
      return refuse(
        "store-unreadable",
        `The model store can't be read: ${store.trouble}`,
        "Run `bertops doctor`; it finds the broken link.",
        10,
      );
    case "loading":
    case "ready":
      return refuse(
        "model-loading",
        `The published model is being loaded${percent(host)}.`,
        "Ask again in a moment; GET /readyz shows the progress.",
        2,
      );
  }
}

/** @param {ModelHost} host */
function percent({ loading }) {
  return loading === undefined || loading.total === 0
    ? ""
    : `: ${Math.floor((100 * loading.bytes) / loading.total)} % read`;
}
