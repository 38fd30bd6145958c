import type { Environment, HealthReport, HealthStatus } from "../environment.ts";
import type { Member } from "../member.ts";

/** What instances are expected to run. */
export interface Expected {
  readonly versionLabel: string | undefined;
  readonly deploymentId: number;
  /** While an operation runs, instances may run either version. */
  readonly settled: boolean;
}

/** What an environment expects of its instances now. */
export function expectationOf(environment: Environment): Expected {
  const { versionLabel, deploymentId, status } = environment;
  return { versionLabel, deploymentId, settled: status === "Ready" };
}

/** What health needs to know of an instance. */
export type MemberView = Pick<Member, "host" | "deployment" | "target">;

const BAD = new Set<HealthStatus>(["Degraded", "Severe"]);

function report(health: HealthReport["health"], status: HealthStatus, ...causes: string[]): HealthReport {
  return { health, status, causes };
}

function versionText(versionLabel: string | undefined, deploymentId: number): string {
  return `"${versionLabel ?? "Sample Application"}" (deployment ${deploymentId})`;
}

/** How one instance fares. */
export function instanceReport(member: MemberView, expected: Expected, now: Date): HealthReport {
  const { deployment, target } = member;
  if (member.host === undefined || deployment === undefined) {
    return report("Grey", "Pending", "Instance is launching.");
  }
  if (deployment.status === "In Progress") {
    const seconds = Math.floor((now.getTime() - deployment.time.getTime()) / 1000);
    const cause = `Performing application deployment (running for ${seconds} seconds).`;
    return target.state === "initial" ? report("Grey", "Pending", cause) : report("Green", "Info", cause);
  }
  if (deployment.status === "Failed") {
    return report(
      "Red",
      "Degraded",
      `Application deployment failed at ${deployment.time.toISOString()} with exit status 1 and error: Engine execution has encountered an error.`,
    );
  }
  if (target.state === "unhealthy") {
    return report(
      "Red",
      "Severe",
      `Process default has been unhealthy (${target.reason ?? "Target.FailedHealthChecks"}).`,
    );
  }
  if (expected.settled && deployment.id !== expected.deploymentId) {
    return report(
      "Red",
      "Degraded",
      `Incorrect application version ${versionText(deployment.versionLabel, deployment.id)}. Expected version ${versionText(expected.versionLabel, expected.deploymentId)}.`,
    );
  }
  return target.state === "initial"
    ? report("Grey", "Pending", "Waiting for the first health check.")
    : report("Green", "Ok");
}

function partOf(bad: number, all: number): string {
  return bad === all ? "all instances" : `${bad} out of ${all} instances`;
}

function badFleet(reports: readonly HealthReport[]): HealthReport {
  const bad = reports.filter(({ status }) => BAD.has(status));
  const causes = [...new Set(bad.flatMap((one) => one.causes))];
  const where = `Impacted services on ${partOf(bad.length, reports.length)}.`;
  if (bad.length === reports.length) {
    const status = bad.every((one) => one.status === "Severe") ? "Severe" : "Degraded";
    return report("Red", status, where, ...causes);
  }
  return bad.length * 2 < reports.length
    ? report("Yellow", "Warning", where, ...causes)
    : report("Red", "Degraded", where, ...causes);
}

/** How an environment fares, given how its instances do. */
export function environmentReport(
  instances: readonly HealthReport[],
  operation: "none" | "launching" | "updating",
): HealthReport {
  if (instances.length === 0) {
    return operation === "none"
      ? report("Grey", "NoData", "There are no instances.")
      : report("Grey", "Pending", "Operation in progress.");
  }
  if (instances.some(({ status }) => BAD.has(status))) {
    return badFleet(instances);
  }
  const pending = instances.filter(({ status }) => status === "Pending").length;
  if (pending === instances.length || (pending > 0 && operation === "launching")) {
    return report("Grey", "Pending", `Initialization in progress on ${partOf(pending, instances.length)}.`);
  }
  if (pending > 0 || operation === "updating") {
    return report("Green", "Info", "Operation in progress.");
  }
  return report("Green", "Ok");
}
