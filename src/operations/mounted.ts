import type { Instance } from "../aws/instances.ts";
import { type Answer, EndpointSilent, openEndpoint } from "../endpoint/endpoint.ts";

/** Milliseconds that an instance may take to say how it is. */
const ANSWER_WITHIN = 3000;

/** States of the service in which its store is there. */
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
    const state = stateOf(answer.body);
    if (instance !== undefined && state !== undefined) mounted.set(instance.id, MOUNTED.has(state));
  }
  return mounted;
}

/** Hosts of EC2 call themselves by their private DNS name, in full or its first part. */
function isCalled({ privateDnsName = "" }: Instance, host: string | undefined): boolean {
  return host !== undefined && (host === privateDnsName || host === privateDnsName.split(".")[0]);
}

function stateOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("status" in body)) return undefined;
  return typeof body.status === "string" ? body.status : undefined;
}
