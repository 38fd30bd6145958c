import type { Emit } from "../../events.ts";
import { type Endpoint, EndpointSilent } from "../../endpoint/endpoint.ts";
import { pause } from "../pace.ts";

/** What the service said about a version that was made current. */
export type VersionAnswer =
  | { readonly state: "answering"; readonly instances: readonly string[] }
  /** It was tried and does not load; the service goes on with what it had. */
  | { readonly state: "failed"; readonly message: string; readonly instances: readonly string[] }
  /** Not yet, after all the patience. */
  | { readonly state: "pending"; readonly instances: readonly string[] }
  /** Nothing answers, or not this service. */
  | { readonly state: "silent"; readonly message: string };

/** How the step ends: a service that could not be asked, or is not that far, is no failure of the push. */
const SHOWN = { answering: "done", failed: "failed", pending: "unchanged", silent: "unchanged" } as const;

export interface AwaitVersionOptions {
  readonly model: string;
  readonly version: string;
  /** How many instances are to be seen. */
  readonly instances: number;
  /** Milliseconds without any sign that the version is being loaded. */
  readonly patience: number;
  /** Milliseconds in all. */
  readonly limit: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const ASK_AGAIN_MS = 250;

/** Asks the service until every instance answers with the version, one of them says that it does not load, or time is up. */
export async function awaitVersion(endpoint: Endpoint, options: AwaitVersionOptions): Promise<VersionAnswer> {
  const { version, model, emit, signal } = options;
  const label = `switch to ${version}`;
  const step = { type: "step", id: "switch", label } as const;
  emit({ ...step, state: "started" });
  const seen = new Map<string, Sighting>();
  const started = Date.now();
  let moved = started;
  let silence = "it did not answer";
  for (;;) {
    const sighting = await look(endpoint, options).catch((error: unknown) => {
      if (!(error instanceof EndpointSilent)) throw error;
      silence = error.message;
      return undefined;
    });
    if (sighting === "stranger") return finish("silent", `${endpoint.url} does not serve ${model}`);
    if (sighting !== undefined) {
      const before = seen.get(sighting.instance);
      seen.set(sighting.instance, sighting);
      if (before?.state !== sighting.state || before.bytes !== sighting.bytes) moved = Date.now();
      if (sighting.state === "loading" && sighting.total > 0)
        emit({
          type: "progress",
          id: "switch",
          label,
          done: sighting.bytes,
          total: sighting.total,
          unit: "bytes",
        });
    }
    const answering = named("answering");
    if (answering.length === seen.size && seen.size >= options.instances) return finish("answering");
    const broken = [...seen.values()].find(({ state }) => state === "failed");
    if (broken !== undefined && named("loading").length === 0) return finish("failed", broken.message);
    const now = Date.now();
    if (now - moved > options.patience || now - started > options.limit)
      return seen.size === 0 ? finish("silent", silence) : finish("pending");
    await pause(ASK_AGAIN_MS, signal);
  }

  function named(state: Sighting["state"]): readonly string[] {
    return [...seen.values()].filter((one) => one.state === state).map(({ instance }) => instance);
  }
  function finish(state: VersionAnswer["state"], message = ""): VersionAnswer {
    const instances = named("answering");
    const count = `${instances.length} ${instances.length === 1 ? "instance answers" : "instances answer"} with it`;
    emit({
      ...step,
      state: SHOWN[state],
      detail: message === "" ? count : message,
    });
    if (state === "silent") return { state, message };
    return state === "failed" ? { state, message, instances } : { state, instances };
  }
}

interface Sighting {
  readonly instance: string;
  readonly state: "answering" | "loading" | "failed" | "other";
  readonly message: string;
  readonly bytes: number;
  readonly total: number;
}

/** One look at `GET /model`; behind a load balancer each may meet another instance. */
async function look(
  endpoint: Endpoint,
  { version, model }: AwaitVersionOptions,
): Promise<Sighting | "stranger" | undefined> {
  const { status, body, instance } = await endpoint.get("/model");
  // While a proxy has no service behind it, it answers by itself.
  if (status >= 500) return undefined;
  const store = member(body, "store");
  const place = textAt(store, "path");
  if (status !== 200 || instance === undefined || place === undefined || !place.endsWith(`/${model}`))
    return "stranger";
  const loading = member(body, "loading");
  const failure = member(body, "failure");
  const base = { instance, message: "", bytes: 0, total: 0 };
  if (textAt(member(body, "model"), "version") === version) return { ...base, state: "answering" };
  if (textAt(loading, "version") === version)
    return {
      ...base,
      state: "loading",
      bytes: numberAt(loading, "bytes"),
      total: numberAt(loading, "total"),
    };
  if (textAt(failure, "version") === version)
    return { ...base, state: "failed", message: textAt(failure, "message") ?? "it does not load" };
  return { ...base, state: "other" };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textAt(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" ? found : undefined;
}

function numberAt(value: unknown, name: string): number {
  const found = member(value, name);
  return typeof found === "number" ? found : 0;
}
