import type { Settings } from "./options/settings.ts";
import type { PlatformVersion } from "./platforms.ts";
import type { EnvironmentProxy } from "./proxy/environment-proxy.ts";
import type { Member } from "./member.ts";

/** Where an environment is in its life, in the API's words. */
export type EnvironmentStatus =
  | "Launching"
  | "Updating"
  | "Aborting"
  | "Ready"
  | "Terminating"
  | "Terminated";
/** The colour that health is shown in. */
export type Health = "Green" | "Yellow" | "Red" | "Grey";
/** Health in the words of enhanced reporting. */
export type HealthStatus =
  | "NoData"
  | "Unknown"
  | "Pending"
  | "Ok"
  | "Info"
  | "Warning"
  | "Degraded"
  | "Severe"
  | "Suspended";

/** How an environment fares, and why. */
export interface HealthReport {
  readonly health: Health;
  readonly status: HealthStatus;
  readonly causes: readonly string[];
}

/** A name-only resource with the ARN that AWS would give it. */
export interface NamedResource {
  readonly name: string;
  readonly arn: string;
}

/** What an environment owns besides its instances. */
export interface EnvironmentResources {
  readonly stackName: string;
  readonly groupName: string;
  readonly launchTemplateId: string;
  /** An Application or Network Load Balancer; its absence means a single instance or a classic load balancer. */
  readonly loadBalancer: NamedResource | undefined;
  readonly targetGroup: NamedResource | undefined;
  /** The name of a classic load balancer. */
  readonly classicLoadBalancer: string | undefined;
  /** Security groups that Beanstalk made, in the order in which they can be deleted. */
  readonly ownSecurityGroups: string[];
  instanceSecurityGroup: string | undefined;
  loadBalancerSecurityGroups: string[];
  elasticIp: string | undefined;
}

/** An operation that runs on an environment now: only one can. */
export interface EnvironmentOperation {
  readonly requestId: string | undefined;
  /** Fires when the caller aborts the update, or terminates the environment meanwhile. */
  readonly stop: AbortController;
  /** It has its turn: until then it waits for Auto Scaling, from then on Auto Scaling leaves the group to it. */
  running: boolean;
  /** Resolves when nothing of it runs any more. */
  readonly done: Promise<void>;
}

/** An Elastic Beanstalk environment: what the API shows of it, and what runs for it. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly applicationName: string;
  readonly created: Date;
  updated: Date;
  terminated: Date | undefined;
  description: string | undefined;
  cnamePrefix: string | undefined;
  /** `127.0.0.1:PORT`: a sandbox can't add names to the machine's resolver. */
  cname: string;
  endpointUrl: string | undefined;
  /** The version that instances are expected to run: the last one that was deployed. */
  versionLabel: string | undefined;
  templateName: string | undefined;
  platform: PlatformVersion;
  operationsRole: string | undefined;
  status: EnvironmentStatus;
  abortable: boolean;
  report: HealthReport;
  /** What its owner set, without the platform's defaults and what the bundle's configuration files set. */
  given: Settings;
  /** Effective settings, defaults included. */
  settings: Settings;
  readonly tags: Map<string, string>;
  /** Counts deployments; the last one is the expected one. */
  deploymentId: number;
  /** How many instances Auto Scaling wants now. */
  desired: number;
  resources: EnvironmentResources | undefined;
  readonly members: Map<string, Member>;
  proxy: EnvironmentProxy | undefined;
  operation: EnvironmentOperation | undefined;
  /** Auto Scaling launches or ends instances now; aborting it leaves the group to an operation. */
  scaling: AbortController | undefined;
}
