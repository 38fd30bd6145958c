import { randomBytes } from "node:crypto";
import type { Endpoint } from "../../endpoint/endpoint.ts";
import { READ, READERS, READING, STILL_READING } from "../../store/scripts/readers.ts";
import { isVersionId } from "../../store/version-id.ts";
import type { ModelStore } from "./store.ts";

/** Who reads which versions, by version. */
export type Readers = ReadonlyMap<string, string>;

const SHOW_MS = 20_000;
/** Behind a load balancer each question may meet another instance. */
const QUESTIONS_EACH = 5;

/** A version that nobody may remove. */
export interface Reading {
  /** It is said. Where that failed, so does the work itself. */
  readonly begun: Promise<void>;
  /** The reader is done; never rejects. */
  end(): Promise<void>;
}

/** Says that a version is read, until it ends. */
export function startReading({ host, root, model, pusher, signal }: ModelStore, version: string): Reading {
  const token = randomBytes(8).toString("hex");
  const begun = host.run(READING, [root, model, version, token, `${pusher.user}@${pusher.machine}`], {
    signal,
  });
  const settled = begun.catch(() => undefined);
  const timer = setInterval(() => {
    // A lost connection is noticed by the work itself.
    host.run(STILL_READING, [root, model, token]).catch(() => undefined);
  }, SHOW_MS);
  timer.unref();
  return {
    begun: settled.then(() => undefined),
    async end() {
      clearInterval(timer);
      await settled;
      await host.run(READ, [root, model, token], { timeout: 15_000 }).catch(() => undefined);
    },
  };
}

/** Versions that are fetched at the moment, and, where there is a service to ask, those that its instances answer with. */
export async function findReaders(
  store: ModelStore,
  service?: { readonly endpoint: Endpoint; readonly instances: number },
): Promise<Readers> {
  const { host, root, model, signal } = store;
  const { stdout } = await host.run(READERS, [root, model], { signal });
  const readers = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [version = "", ...who] = line.split(" ");
    if (isVersionId(version)) readers.set(version, who.join(" "));
  }
  if (service !== undefined)
    for (const [instance, version] of await versionsInService(service, model)) readers.set(version, instance);
  return readers;
}

async function versionsInService(
  { endpoint, instances }: { readonly endpoint: Endpoint; readonly instances: number },
  model: string,
): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  for (let asked = 0; asked < instances * QUESTIONS_EACH && seen.size < instances; asked++) {
    const answer = await endpoint.get("/model").catch(() => undefined);
    // A service that is not there reads nothing.
    if (answer === undefined) break;
    const store = member(answer.body, "store");
    const version = member(member(answer.body, "model"), "version");
    const place = member(store, "path");
    if (typeof place !== "string" || !place.endsWith(`/${model}`)) break;
    if (answer.instance !== undefined && typeof version === "string") seen.set(answer.instance, version);
  }
  return seen;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
