import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import { describePlan, planJson } from "../plan/describe.ts";
import { stepsOf } from "../plan/plan.ts";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";
import { locateEnvironment } from "./locate.ts";
import { overviewJson, overviewLines, overviewOf } from "./overview.ts";
import { paceOf } from "./pace.ts";
import { failureOf, follow, settle } from "./provision/follow.ts";
import type { ProvisionPorts } from "./provision/ports.ts";
import { prepare, provision } from "./provision/provision.ts";

export interface DeployOptions {
  /** A version that exists already, instead of what is on disk. */
  readonly version: string | undefined;
  /** Go back to the version before when the new one fails. */
  readonly rollback: boolean;
  readonly dryRun: boolean;
}

/** Brings the environment to what is on disk and in bertops.yaml; goes back to the version before if that fails. */
export async function deploy(
  config: Config,
  options: DeployOptions,
  ports: ProvisionPorts,
  world: World,
): Promise<CommandResult> {
  const before = await locateEnvironment(config, ports);
  const prepared = await prepare(
    config,
    // The address of whoever deploys, often a build server, is nobody's way in.
    { install: !options.dryRun, admitCaller: false, version: options.version },
    ports,
    world,
  );
  const { plan } = prepared;
  if (options.dryRun) return { json: { dryRun: true, ...planJson(plan) }, lines: describePlan(plan) };
  const confirmed =
    stepsOf(plan).every(({ resource, action }) => isRoutine(resource, action)) ||
    (await confirm(describePlan(plan), world));
  if (!confirmed)
    throw new UserError({
      reason: "cancelled",
      message: "Nothing was changed.",
      next: ["bertops plan"],
      exitCode: EXIT.cancelled,
    });
  const previous = before.versionLabel;
  const label = plan.wanted.version.label;
  try {
    const { environment, changed } = await provision(prepared, ports, world);
    const overview = await overviewOf(environment, ports, world.signal);
    return {
      json: {
        ...overviewJson(overview),
        changed,
        version: label,
        previousVersion: previous ?? null,
        steps: planJson(plan)["steps"],
      },
      lines: [
        changed
          ? `${environment.name} runs ${label}.`
          : `Nothing to deploy: ${environment.name} runs ${label} already.`,
        ...overviewLines(overview),
      ],
    };
  } catch (error) {
    const failed = error instanceof UserError && FAILED.has(error.reason);
    if (!failed || !options.rollback || previous === undefined || previous === label) throw error;
    throw await rolledBack(error, { name: before.name, previous, label }, ports, world);
  }
}

const FAILED = new Set(["deployment-failed", "environment-unhealthy"]);

/** Deploying is a new version and new settings; anything that costs or opens more is asked for. */
function isRoutine(resource: string, action: string): boolean {
  return (
    ["bundle", "application version"].includes(resource) ||
    (resource === "environment" && action !== "create")
  );
}

async function confirm(lines: readonly string[], world: World): Promise<boolean> {
  for (const message of lines) world.emit({ type: "note", message });
  return world.ask.confirm({ message: "Change this?", flag: "--yes" });
}

/** Puts the version before back and answers the error that tells of both. */
async function rolledBack(
  error: UserError,
  { name, previous, label }: { readonly name: string; readonly previous: string; readonly label: string },
  ports: ProvisionPorts,
  world: World,
): Promise<UserError> {
  const pace = paceOf(ports.local);
  const step = { type: "step", id: "rollback", label: `go back to the version ${previous}` } as const;
  world.emit({ ...step, state: "started" });
  let mended: UserError | undefined;
  try {
    const since = world.now();
    const started = await ports.environments.update({ name, versionLabel: previous });
    const followed = await follow({ ...started, since }, ports, world, pace);
    mended = failureOf(followed, ["bertops events", "bertops logs"]);
    if (mended === undefined) await settle(followed.environment, ports, world, pace);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    mended = thrown;
  }
  world.emit({ ...step, state: mended === undefined ? "done" : "failed" });
  return new UserError({
    reason: mended === undefined ? "rolled-back" : "rollback-failed",
    message:
      mended === undefined
        ? `The version ${label} failed, so ${name} runs ${previous} again. ${error.message}`
        : `The version ${label} failed, and so did going back to ${previous}: ${mended.message}`,
    hint: "The events and the logs of the instances say why.",
    next: ["bertops events", "bertops logs", "bertops deploy"],
    cause: error,
  });
}
