import type { Host } from "../hosts/host.ts";

/** The states of an instance, as EC2 names them. */
export type InstanceStateName =
  | "pending"
  | "running"
  | "shutting-down"
  | "terminated"
  | "stopping"
  | "stopped";

/** An EC2 instance. Terminated ones stay listed, as on AWS. */
export interface Instance {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly architecture: "x86_64" | "arm64";
  readonly keyName: string | undefined;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly privateDnsName: string;
  /** Has it a public address while it runs? */
  readonly isPublic: boolean;
  readonly networkInterfaceId: string;
  readonly volumeId: string;
  readonly rootVolumeSize: number;
  readonly rootVolumeType: string;
  readonly instanceProfileArn: string | undefined;
  readonly launchTime: Date;
  securityGroupIds: string[];
  readonly tags: Map<string, string>;
  state: InstanceStateName;
  /** Why the state changed, when EC2 would say so: `Client.UserInitiatedShutdown`, `Server.InternalError`. */
  stateReason: { readonly code: string; readonly message: string } | undefined;
  /** The real machine, from the end of its launch to its termination. */
  host: Host | undefined;
  /** When it became `running`, in milliseconds since 1970. */
  runningSince: number | undefined;
  terminatedAt: number | undefined;
}

/** Is the instance there to be used, or on its way there? */
export function isAlive(instance: Instance): boolean {
  return instance.state !== "shutting-down" && instance.state !== "terminated";
}
