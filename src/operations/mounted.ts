import type { Instance } from "../aws/instances.ts";
import { type Answer, EndpointSilent, openEndpoint } from "../endpoint/endpoint.ts";

/** Milliseconds that an instance may take to say how it is. */
const ANSWER_WITHIN = 3000;

/** What the service says of its store where that is there. */
const STORE_THERE = new Set(["none", "published"]);

/** States in which a service that says nothing of its store must have one. */
const MOUNTED = new Set(["ready", "waiting", "loading", "failed"]);

/**
 * Which instances have mounted the store, as the service itself says at `/healthz`. AWS does not know. An instance that
 * the load balancer does not show is absent.
 */
export async function mountedInstances(
  url: string | undefined,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean>> {
  const mounted = new Map<string, boolean>();
  if (url === undefined || instances.length === 0) return mounted;
  const endpoint = openEndpoint(url, { signal, answerWithin: ANSWER_WITHIN });
  // A load balancer takes turns: some rounds show nearly all.
  const rounds = instances.length === 1 ? 1 : instances.length * 4;
  for (let round = 0; round < rounds && mounted.size < instances.length; round++) {
    let answer: Answer;
    try {
      answer = await endpoint.get("/healthz");
    } catch (error) {
      if (error instanceof EndpointSilent) return mounted;
      throw error;
    }
    const instance =
      instances.length === 1 ? instances[0] : instances.find((one) => isCalled(one, answer.instance));
    const there = hasStore(answer.body);
    if (instance !== undefined && there !== undefined) mounted.set(instance.id, there);
  }
  return mounted;
}

/** Hosts of EC2 call themselves by their private DNS name, in full or its first part. */
function isCalled({ privateDnsName = "" }: Instance, host: string | undefined): boolean {
  return host !== undefined && (host === privateDnsName || host === privateDnsName.split(".")[0]);
}

/** A model in memory answers on without its store, so `store` counts more than `status`. */
function hasStore(body: unknown): boolean | undefined {
  if (typeof body !== "object" || body === null || !("status" in body)) return undefined;
  const { status } = body;
  const store = "store" in body ? body.store : undefined;
  if (typeof store === "string" && store !== "unknown") return STORE_THERE.has(store);
  return typeof status === "string" ? MOUNTED.has(status) : undefined;
}
