import type { Environment, NamedResource } from "../beanstalk/environment.ts";
import type { Region } from "../region.ts";

/** An environment with a load balancer of the newer kind. */
export interface Balanced {
  readonly environment: Environment;
  readonly loadBalancer: NamedResource;
  readonly targetGroup: NamedResource | undefined;
}

/** The environments that have an Application or Network Load Balancer. */
export function balanced({ beanstalk }: Region): Balanced[] {
  return [...beanstalk.environments.values()].flatMap((environment) => {
    const { resources } = environment;
    if (!resources?.loadBalancer || environment.terminated !== undefined) return [];
    return [{ environment, loadBalancer: resources.loadBalancer, targetGroup: resources.targetGroup }];
  });
}

/** One page of a listing. */
export function page<T>(
  items: readonly T[],
  { Marker: marker, PageSize: size = 400 }: { Marker?: string; PageSize?: number },
): { readonly items: T[]; readonly next: { NextMarker?: string } } {
  const start = Number(marker ?? 0) || 0;
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextMarker: String(end) } : {} };
}
