import { createHttpServer } from "../http/server.js";
import { createApp } from "./app.js";

/** @import { AddressInfo } from "node:net" */
/** @import { Log } from "./log.js" */
/** @import { Settings } from "./settings.js" */

/**
 * A service that listens.
 * @typedef {object} RunningService
 * @property {string} url
 * @property {() => Promise<void>} stop answers what is under way, then ends
 */

/**
 * Starts the service. It listens at once: health must be answered while a model is still loading.
 * @param {{ settings: Settings, log: Log }} parts
 * @returns {Promise<RunningService>}
 */
export async function startService({ settings, log }) {
  const app = createApp({ settings, log });
  const server = createHttpServer(app);
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, settings.listen, () => resolve(undefined));
  });
  app.store.start();
  app.tokens.start();
  const address = /** @type {AddressInfo} */ (server.address());
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  const url = `http://${host}:${address.port}`;
  log("info", "listening", { url, instance: settings.instance, pid: process.pid });

  const stop = async () => {
    if (app.life.draining) return;
    app.life.draining = true;
    log("info", "stopping: answering what is under way", { seconds: settings.drainMilliseconds / 1000 });
    app.store.close();
    app.tokens.close();
    const closed = new Promise((resolve) => server.close(() => resolve(undefined)));
    const late = setTimeout(() => server.closeAllConnections(), settings.drainMilliseconds);
    // A connection is idle only once its answer is out, and would otherwise be kept for the next request.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await closed;
    clearInterval(idle);
    clearTimeout(late);
    await app.host.close();
    log("info", "stopped", {});
  };
  return { url, stop };
}
