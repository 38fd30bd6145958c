import type { Member } from "../member.ts";
import { newTarget } from "../health/next-target.ts";
import { tell } from "../record-event.ts";
import { addMembers } from "./add-members.ts";
import { awaitHealth, awaitRestart } from "./await-health.ts";
import { deployToMembers, tellSummary } from "./deploy-to-member.ts";
import { deregister, endMember } from "./end-member.ts";
import { inBatches } from "./plan-update.ts";
import type { UpdateRun } from "./update-run.ts";

function tellUnhealthy({ region, environment }: UpdateRun, unhealthy: readonly Member[]): void {
  const ids = unhealthy.map((member) => member.instanceId).join(", ");
  tell(
    region,
    environment,
    `Instances [${ids}] did not pass health checks within the command timeout.`,
    "ERROR",
  );
}

/** Deploys on all instances at once; health decides nothing. True where every instance succeeded. */
export async function rollOutAtOnce(run: UpdateRun): Promise<boolean> {
  const { region, environment } = run;
  const members = [...environment.members.values()];
  const failed = await deployToMembers(region, environment, members, run.order);
  if (!tellSummary(region, environment, members, failed)) {
    return false;
  }
  await awaitRestart(region, environment, run.signal);
  return true;
}

async function rollBatch(run: UpdateRun, batch: readonly Member[], name: string): Promise<boolean> {
  const { region, environment, signal } = run;
  tell(
    region,
    environment,
    `${name}: De-registering instance(s) from the load balancer and waiting for them to go out of service.`,
  );
  await Promise.all(batch.map((member) => deregister(environment, member)));
  tell(region, environment, `${name}: Starting application deployment command execution.`);
  const failed = await deployToMembers(region, environment, batch, run.order);
  for (const member of batch) {
    member.registered = true;
    member.target = newTarget();
  }
  if (!tellSummary(region, environment, batch, failed)) {
    return false;
  }
  tell(
    region,
    environment,
    `${name}: Registering instance(s) with the load balancer and waiting for them to be healthy.`,
  );
  const unhealthy = await awaitHealth(region, environment, { members: batch, signal });
  if (unhealthy.length > 0) {
    tellUnhealthy(run, unhealthy);
    return false;
  }
  tell(region, environment, `${name}: Completed application deployment.`);
  return true;
}

/** Deploys batch by batch; the first batch that fails ends it, and the others keep what they run. */
export async function rollOutInBatches(run: UpdateRun): Promise<boolean> {
  const { region, environment } = run;
  const all = [...environment.members.values()];
  let done = 0;
  for (const [index, batch] of inBatches(all, run.plan.batch).entries()) {
    if (!(await rollBatch(run, batch, `Batch ${index + 1}`))) {
      return false;
    }
    done += batch.length;
    tell(
      region,
      environment,
      `Command execution completed on ${done} of ${all.length} instances in environment.`,
    );
  }
  return true;
}

/** Launches instances with the update's version; true where they are healthy. */
async function addHealthy(run: UpdateRun, count: number): Promise<boolean> {
  const { region, environment, signal } = run;
  const order = { ...run.order, kind: "application" as const };
  const { members, failed } = await addMembers(region, environment, { count, order });
  if (!tellSummary(region, environment, members, failed)) {
    return false;
  }
  const unhealthy = await awaitHealth(region, environment, { members, signal });
  if (unhealthy.length > 0) {
    tellUnhealthy(run, unhealthy);
  }
  return unhealthy.length === 0;
}

/** Ends instances that an update launched before it was aborted: those that were there serve on. */
async function endAllBut({ region, environment }: UpdateRun, old: readonly Member[]): Promise<void> {
  const fresh = [...environment.members.values()].filter((member) => !old.includes(member));
  await Promise.all(fresh.map((member) => endMember(region, environment, member)));
}

/** As in batches, with one batch more than usual meanwhile, so that capacity never falls. */
export async function rollOutWithAdditionalBatch(run: UpdateRun): Promise<boolean> {
  const { region, environment, plan } = run;
  const old = [...environment.members.values()];
  const kept = old.slice(0, Math.max(0, old.length - plan.batch));
  tell(
    region,
    environment,
    "Rolling with Additional Batch deployment policy enabled. Launching a new batch.",
  );
  let good = false;
  try {
    good = await addHealthy(run, plan.batch);
    for (const [index, batch] of good ? inBatches(kept, plan.batch).entries() : []) {
      good &&= await rollBatch(run, batch, `Batch ${index + 2}`);
    }
  } catch (cause) {
    await endAllBut(run, old);
    throw cause;
  }
  if (!good) {
    await endAllBut(run, old);
    return false;
  }
  const surplus = old.slice(kept.length);
  const ids = surplus.map((member) => member.instanceId).join(", ");
  tell(region, environment, `Terminating excess instance(s): [${ids}].`);
  await Promise.all(surplus.map((member) => endMember(region, environment, member)));
  return true;
}

async function launchVerified(run: UpdateRun): Promise<boolean> {
  const { region, environment } = run;
  if (!(await addHealthy(run, 1))) {
    return false;
  }
  const rest = environment.desired - 1;
  if (rest <= 0) {
    return true;
  }
  tell(region, environment, "Test instance passed health checks. Launching remaining new instances.");
  return addHealthy(run, rest);
}

/** Launches new instances, one first, and ends the old ones when all new ones are healthy; else the new ones. */
export async function rollOutImmutably(run: UpdateRun): Promise<boolean> {
  const { region, environment } = run;
  const old = [...environment.members.values()];
  const opening =
    "Immutable deployment policy enabled. Launching one instance with the new settings to verify health.";
  tell(region, environment, opening);
  let good = false;
  try {
    good = await launchVerified(run);
  } catch (cause) {
    await endAllBut(run, old);
    throw cause;
  }
  if (!good) {
    const message = "Deployment failed. Terminating new instances and temporary Auto Scaling group.";
    tell(region, environment, message, "ERROR");
    await endAllBut(run, old);
    return false;
  }
  const message = "Deployment succeeded. Terminating old instances and temporary Auto Scaling group.";
  tell(region, environment, message);
  await Promise.all(old.map((member) => endMember(region, environment, member)));
  return true;
}

/** Ends old instances and launches new ones in their place, a batch at a time or all at once. */
export async function replaceInstances(run: UpdateRun): Promise<boolean> {
  const { region, environment, plan } = run;
  const old = [...environment.members.values()];
  const size = plan.method === "rolling" ? plan.batch : Math.max(1, old.length);
  for (const batch of inBatches(old, size)) {
    const ids = batch.map((member) => member.instanceId).join(", ");
    tell(region, environment, `Rolling update: terminating instance(s) [${ids}] and launching others.`);
    await Promise.all(batch.map((member) => endMember(region, environment, member)));
    if (!(await addHealthy(run, batch.length))) {
      return false;
    }
  }
  return true;
}
