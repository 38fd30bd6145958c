import type { Identity } from "../aws/identity.ts";
import type { Architecture, Subnet } from "../aws/network.ts";
import type { Platform } from "../aws/platforms.ts";

/** What account and region offer: the facts that a plan rests on and never changes. */
export interface Ground {
  readonly region: string;
  readonly identity: Identity;
  readonly vpcId: string;
  /** Where instances, load balancer and mount targets go, one or more zones. */
  readonly subnets: readonly Subnet[];
  readonly platform: Platform;
  readonly architecture: Architecture;
  /** The caller's public address; undefined where it is not needed or could not be found out. */
  readonly callerAddress: string | undefined;
}
