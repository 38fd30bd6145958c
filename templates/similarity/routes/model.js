import { availableMemory, memoryToLoad } from "../model/memory.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/**
 * `GET /model`: which model answers, what is being loaded, what failed to load, and what this instance can take.
 * @param {App} app
 * @param {Exchange} exchange
 */
export async function model(app, exchange) {
  const { host, settings, store } = app;
  const { current } = host;
  // Who asks this may wait for another version; the answer shows it from the next time on.
  store.lookNow();
  exchange.model = current;
  exchange.json(200, {
    status: app.state(),
    instance: settings.instance,
    startedAt: app.startedAt.toISOString(),
    model:
      current === undefined
        ? null
        : {
            name: current.name,
            version: current.version,
            loadedAt: current.loadedAt.toISOString(),
            loadSeconds: Math.round(current.loadMilliseconds) / 1000,
            bytes: current.bytes,
            ...summary(current.description),
          },
    loading: host.loading ?? null,
    failure: host.failure ?? null,
    store: {
      state: store.state,
      path: settings.modelPath ?? `${settings.modelRoot}/${settings.modelName}`,
      ...(store.trouble === "" ? {} : { trouble: store.trouble }),
    },
    nextModel: await nextModel(current?.bytes, settings.switchAfterDraining),
    limits: {
      bodyBytes: settings.maxBodyBytes,
      texts: settings.maxTexts,
      requestTokens: settings.maxRequestTokens,
      requestSeconds: settings.requestMilliseconds / 1000,
    },
  });
}

/** @param {import("../model/description.js").Description} description */
function summary({
  architecture,
  layers,
  hidden,
  heads,
  maxTokens,
  vocabularySize,
  pooling,
  precision,
  parameters,
  source,
}) {
  return {
    architecture,
    layers,
    hidden,
    heads,
    maxTokens,
    vocabularySize,
    pooling,
    precision,
    parameters,
    source,
  };
}

/**
 * How a next version of the same size would be loaded: beside this one, or after it is put away.
 * @param {number | undefined} bytes
 * @param {boolean} always after it is put away
 */
async function nextModel(bytes, always) {
  if (bytes === undefined) return null;
  const neededBytes = Math.round(await memoryToLoad(bytes));
  const availableBytes = await availableMemory();
  const beside = neededBytes <= availableBytes && !always;
  return { switch: beside ? "beside-the-old" : "after-draining", neededBytes, availableBytes };
}
