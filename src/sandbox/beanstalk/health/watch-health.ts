import type { Region } from "../../region.ts";
import { hasEnhancedHealth } from "../describe-environment.ts";
import type { Environment, HealthReport } from "../environment.ts";
import type { RunningApplication } from "../instance/running-application.ts";
import type { Member } from "../member.ts";
import { tellUnasked } from "../record-event.ts";
import { checkPlan, type CheckPlan } from "./check-plan.ts";
import { environmentReport, expectationOf, instanceReport } from "./health-report.ts";
import { nextTarget } from "./next-target.ts";
import { probe, type ProbeResult } from "./probe.ts";

/** How the environment's members fare now. */
export function memberReports(environment: Environment): Map<Member, HealthReport> {
  const now = new Date();
  const expected = expectationOf(environment);
  const members = [...environment.members.values()];
  return new Map(members.map((member) => [member, instanceReport(member, expected, now)]));
}

function operationOf(environment: Environment): "none" | "launching" | "updating" {
  if (environment.status === "Launching") {
    return "launching";
  }
  return environment.status === "Ready" ? "none" : "updating";
}

/** Computes the environment's health anew and writes an event where it changed. */
export function refreshHealth(region: Region, environment: Environment): void {
  const before = environment.report;
  const after = environmentReport([...memberReports(environment).values()], operationOf(environment));
  environment.report = after;
  if (before.status !== after.status && hasEnhancedHealth(environment)) {
    const why = after.causes.length > 0 ? ` ${after.causes.join(" ")}` : "";
    const grave = !["Ok", "Info", "Pending"].includes(after.status);
    const message = `Environment health has transitioned from ${before.status} to ${after.status}.${why}`;
    tellUnasked(region, environment, message, grave ? "WARN" : "INFO");
  }
}

/** How long a process that runs may take until it listens, in milliseconds: npm alone takes seconds on a busy machine. */
const LISTENS_AFTER = 30_000;

function isStarting(application: RunningApplication, result: ProbeResult, plan: CheckPlan): boolean {
  const age = Date.now() - application.started;
  return result?.answered === true ? age < plan.grace : !application.restarted && age < LISTENS_AFTER;
}

async function checkMember(member: Member, plan: CheckPlan): Promise<void> {
  if (member.host === undefined || member.application === undefined || !member.registered) {
    return;
  }
  const checked = member.application;
  const result = await probe(member.port, plan);
  const starting = isStarting(checked, result, plan);
  // A deployment that began meanwhile replaced the application: this answer says nothing of the new one.
  if (member.application === checked) {
    member.target = nextTarget(member.target, { result, starting }, plan);
  }
}

/** Checks an environment's instances at the interval of its settings until it is terminated. */
export function watchHealth(region: Region, environment: Environment): void {
  const { work } = region.beanstalk;
  work.run(
    async () => {
      while (environment.status !== "Terminated" && environment.proxy !== undefined) {
        const plan = checkPlan(environment.settings, region.timings.healthCheck);
        await Promise.all([...environment.members.values()].map((member) => checkMember(member, plan)));
        // It may have been terminated during the checks.
        if (environment.proxy !== undefined) {
          refreshHealth(region, environment);
        }
        await work.sleep(plan.interval);
      }
    },
    (cause) => {
      tellUnasked(region, environment, `Health checks ended: ${String(cause)}`, "ERROR");
    },
  );
}
