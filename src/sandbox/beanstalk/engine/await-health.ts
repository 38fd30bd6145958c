import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { expectationOf, instanceReport } from "../health/health-report.ts";
import type { Member } from "../member.ts";
import { isOn, numberOf, settingOf } from "../options/settings.ts";

const COMMAND = "aws:elasticbeanstalk:command";
/** Health checks of the usual interval that a deployment waits for. */
const PATIENT_CHECKS = 120;
/** Real processes take real time, however quick a sandbox is told to be; milliseconds. */
const PATIENCE = 30_000;
const GRADES = ["Ok", "Warning", "Degraded", "Severe"];

function goodEnough(environment: Environment, member: Member): boolean {
  const { status } = instanceReport(member, expectationOf(environment), new Date());
  if (status === "Ok" || member.target.state === "healthy") {
    return true;
  }
  const system = "aws:elasticbeanstalk:healthreporting:system";
  const threshold = settingOf(environment.settings, system, "HealthCheckSuccessThreshold") ?? "Ok";
  const grade = GRADES.indexOf(status);
  return grade >= 0 && grade <= GRADES.findIndex((one) => one.toLowerCase() === threshold.toLowerCase());
}

/**
 * Waits until instances pass their health checks; answers those that don't within the command timeout, or within half a
 * minute or 120 checks where that is less. With `IgnoreHealthCheck` nothing is waited for.
 */
export async function awaitHealth(
  region: Region,
  environment: Environment,
  { members, signal }: { readonly members: readonly Member[]; readonly signal: AbortSignal },
): Promise<Member[]> {
  if (isOn(environment.settings, COMMAND, "IgnoreHealthCheck")) {
    return [];
  }
  const timeout = numberOf(environment.settings, COMMAND, "Timeout", 600) * 1000;
  const deadline =
    Date.now() + Math.min(timeout, Math.max(PATIENCE, PATIENT_CHECKS * region.timings.healthCheck));
  for (;;) {
    const waiting = members.filter(
      (member) => environment.members.get(member.instanceId) === member && !goodEnough(environment, member),
    );
    if (waiting.length === 0 || Date.now() >= deadline) {
      return waiting;
    }
    await region.beanstalk.work.sleep(Math.min(100, region.timings.healthCheck), signal);
  }
}

/**
 * Gives applications that were just restarted the time to answer their first health check, as Beanstalk's slower
 * rounds do. An instance that never does fails nothing: that is what health is for.
 */
export async function awaitRestart(
  region: Region,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  const starting = (): boolean =>
    [...environment.members.values()].some(
      (member) => member.registered && member.target.state === "initial",
    );
  while (starting() && Date.now() < deadline) {
    await region.beanstalk.work.sleep(Math.min(100, region.timings.healthCheck), signal);
  }
}
