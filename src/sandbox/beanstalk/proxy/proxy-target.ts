import type { ProxyRules } from "./proxy-rules.ts";

/** An instance that requests can be sent to. */
export interface ProxyTarget {
  readonly instanceId: string;
  /** Where its application listens on this machine. */
  readonly port: number;
  readonly rules: ProxyRules;
  readonly healthy: boolean;
}

/**
 * Which instance answers the n-th request: healthy ones in turn; where none is healthy all of them, as a load
 * balancer does that would rather try than refuse.
 */
export function chooseTarget(targets: readonly ProxyTarget[], n: number): ProxyTarget | undefined {
  const healthy = targets.filter((target) => target.healthy);
  const candidates = healthy.length > 0 ? healthy : targets;
  return candidates[n % Math.max(1, candidates.length)];
}
