import type { Host } from "../hosts/host.ts";
import type { RunningApplication } from "./instance/running-application.ts";
import type { ProxyRules } from "./proxy/proxy-rules.ts";

/** What the last deployment on an instance came to, as instance health shows it. */
export interface MemberDeployment {
  readonly versionLabel: string | undefined;
  readonly id: number;
  readonly status: "In Progress" | "Deployed" | "Failed";
  readonly time: Date;
}

/** What the load balancer knows of a target. */
export interface TargetHealth {
  state: "initial" | "healthy" | "unhealthy" | "draining";
  successes: number;
  failures: number;
  /** Why the last check failed. */
  reason: string | undefined;
}

/** One instance of an environment's Auto Scaling group. */
export interface Member {
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly launched: Date;
  /** Set once the instance runs. */
  host: Host | undefined;
  /** Where its application listens on this machine. */
  port: number;
  deployment: MemberDeployment | undefined;
  application: RunningApplication | undefined;
  target: TargetHealth;
  /** What its nginx does with requests, as the deployed bundle configures it. */
  proxyRules: ProxyRules;
  /** Does the load balancer send it requests? */
  registered: boolean;
  /** Auto Scaling's own life cycle. */
  state: "Pending" | "InService" | "Terminating";
}
