import { setTimeout as pause } from "node:timers/promises";
import { type Answer, type Endpoint, EndpointSilent } from "./endpoint.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

/** How waiting for the service ended. */
export type Readiness =
  | { readonly state: "ready"; readonly seconds: number }
  /** It answers, but has no model that could. */
  | { readonly state: "not-ready"; readonly refusal: Refusal }
  /** Something answers, but it isn't the service: a proxy without it, or another server. */
  | { readonly state: "stranger"; readonly status: number }
  | { readonly state: "silent"; readonly message: string; readonly unknownName: boolean };

export interface Patience {
  /** Milliseconds for a service that starts, loads or can't be reached yet. */
  readonly wait: number;
  /** Milliseconds for a service that says that nothing was ever published: a push may just be on its way. */
  readonly waitForModel: number;
  /** Milliseconds for a name that does not resolve: a new environment's name takes a while, a mistyped one never does. */
  readonly waitForName: number;
  readonly signal: AbortSignal;
  /** Told each time what it is waited for. */
  readonly waiting: (why: string) => void;
}

const ASK_AGAIN_AFTER = 500;

/** Waits until the service says that a model answers. */
export async function waitUntilReady(endpoint: Endpoint, patience: Patience): Promise<Readiness> {
  const begun = performance.now();
  for (;;) {
    const found = await look(endpoint);
    const waited = performance.now() - begun;
    if (found.state === "ready") return { ...found, seconds: waited / 1000 };
    const left = Math.min(patience.wait, patienceFor(found, patience)) - waited;
    if (left <= 0) return found;
    patience.waiting(wordsFor(found));
    await pause(Math.min(ASK_AGAIN_AFTER, left), undefined, { signal: patience.signal });
  }
}

/** What time alone does not mend. */
const HOPELESS: ReadonlySet<string> = new Set(["no-model", "model-failed", "store-not-mounted"]);

function patienceFor(found: Readiness, patience: Patience): number {
  if (found.state === "silent" && found.unknownName) return patience.waitForName;
  const hopeless = found.state === "not-ready" && HOPELESS.has(found.refusal.reason);
  return hopeless ? patience.waitForModel : patience.wait;
}

async function look(endpoint: Endpoint): Promise<Readiness> {
  try {
    return judge(await endpoint.get("/readyz"));
  } catch (error) {
    if (error instanceof EndpointSilent)
      return { state: "silent", message: error.message, unknownName: error.unknownName };
    throw error;
  }
}

function judge(answer: Answer): Readiness {
  if (answer.status === 200 && answer.version !== undefined) return { state: "ready", seconds: 0 };
  const refusal = refusalOf(answer.body);
  return refusal === undefined
    ? { state: "stranger", status: answer.status }
    : { state: "not-ready", refusal };
}

function wordsFor(found: Readiness): string {
  if (found.state === "not-ready") return found.refusal.message;
  if (found.state === "stranger") return `HTTP ${found.status}, not from the service`;
  return found.state === "silent" ? found.message : "";
}
