import type { Endpoint } from "../endpoint/endpoint.ts";
import type { ModelStore } from "../operations/models/store.ts";
import type { VersionAnswer } from "../operations/push/await-version.ts";
import type { Invocation } from "./act.ts";
import type { Stores } from "./stores.ts";

interface Call {
  readonly invocation: Invocation;
  readonly stores: Stores;
}

/** The service that reads this model, where there is an environment that serves it. */
export async function openService(
  { model, signal }: Pick<ModelStore, "model" | "signal">,
  { stores: { url, config, instances }, invocation: { world } }: Call,
): Promise<{ readonly endpoint: Endpoint; readonly instances: number } | undefined> {
  if (url === undefined || model !== config.model.name) return undefined;
  const { openEndpoint } = await import("../endpoint/endpoint.ts");
  const token = world.environment["BERTOPS_TOKEN"];
  return { endpoint: openEndpoint(url, { token, signal, answerWithin: 10_000 }), instances };
}

/**
 * Waits until the service answers with a version that has just been made current, unless `--no-wait` says otherwise, and goes
 * back to `previous` where it cannot load it, unless `--no-rollback` does. Undefined where no service was asked.
 */
export async function askService(
  store: ModelStore,
  { version, previous }: { readonly version: string; readonly previous: string | undefined },
  call: Call,
): Promise<VersionAnswer | undefined> {
  const { options, world } = call.invocation;
  if (options["wait"] === false) return undefined;
  const service = await openService(store, call);
  if (service === undefined) return undefined;
  const { confirmVersion } = await import("../operations/push/confirm-version.ts");
  const rollback = options["rollback"] !== false;
  return confirmVersion(store, { ...service, version, previous, rollback, emit: world.emit });
}

/** What the service said, as lines. */
export function describeService(service: VersionAnswer): readonly string[] {
  const { state } = service;
  if (state === "silent") return [`  the service was not asked: ${service.message}`];
  if (state !== "answering")
    return ["  the service does not answer with it yet; running instances pick it up by themselves"];
  const count = service.instances.length;
  return [`  the service answers with it on ${count} ${count === 1 ? "instance" : "instances"}`];
}
