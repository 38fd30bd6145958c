/** @import { ModelHost } from "../model/model-host.js" */
/** @import { StoreWatch } from "../model/store-watch.js" */

/**
 * In one word, what the service can do now. `ready`: it answers. `waiting`: nothing was published yet. `loading`: a
 * published model comes. `unmounted`: the store is not there. `failed`: the published model does not load. `unreadable`:
 * the store can't be read.
 * @typedef {"ready" | "waiting" | "loading" | "unmounted" | "failed" | "unreadable"} State
 */

/**
 * @param {Pick<ModelHost, "current" | "loading" | "failure">} host
 * @param {Pick<StoreWatch, "state" | "trouble">} store
 * @returns {State}
 */
export function stateOf(host, store) {
  if (host.current !== undefined) return "ready";
  if (host.loading !== undefined) return "loading";
  if (store.trouble !== "") return "unreadable";
  if (store.state === "unmounted") return "unmounted";
  if (store.state === "none") return "waiting";
  return host.failure === undefined ? "loading" : "failed";
}

/**
 * May the load balancer send requests here? A service that waits for its first model is healthy: a new environment
 * must come up before anybody can push to it.
 * @param {State} state
 */
export function isHealthy(state) {
  return state === "ready" || state === "waiting";
}
