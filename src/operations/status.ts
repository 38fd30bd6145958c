import type { Environment, EnvironmentHealth, Environments, InstanceHealth } from "../aws/environments.ts";
import type { Config } from "../config/config.ts";
import { EXIT } from "../errors.ts";
import type { CommandResult } from "../result.ts";
import { locateEnvironment } from "./locate.ts";
import { overviewJson, overviewLines, overviewOf, type OverviewPorts } from "./overview.ts";

/** What `status` needs of AWS. */
export interface StatusPorts extends OverviewPorts {
  readonly region: string;
  readonly environments: Pick<Environments, "find" | "settings" | "health" | "instancesHealth">;
}

/** Says what runs and how it is; an unhealthy environment is a fault. */
export async function status(
  config: Config,
  ports: StatusPorts,
  signal: AbortSignal,
): Promise<CommandResult> {
  const environment = await locateEnvironment(config, ports);
  const [overview, health, instances] = await Promise.all([
    overviewOf(environment, ports, signal),
    ports.environments.health(environment.name),
    ports.environments.instancesHealth(environment.name),
  ]);
  const healthy = isHealthy(environment);
  return {
    json: {
      ...overviewJson(overview),
      healthy,
      causes: health?.causes ?? [],
      instanceHealth: instances.map(({ instanceId, color, status: word, causes, versionLabel }) => ({
        id: instanceId,
        health: color,
        healthStatus: word,
        causes,
        version: versionLabel ?? null,
      })),
    },
    lines: [...overviewLines(overview), ...causeLines(health, instances), ...(healthy ? [] : NEXT)],
    exitCode: healthy ? EXIT.done : EXIT.fault,
  };
}

const NEXT = ["", "Next:  bertops doctor, bertops events, bertops logs"];

/** Red is a fault, and so is an environment that is ready and yet reports nothing. What is being made is neither. */
function isHealthy({ status: word, health }: Environment): boolean {
  if (health === "Red") return false;
  return !(word === "Ready" && health === "Grey");
}

function causeLines(
  health: EnvironmentHealth | undefined,
  instances: readonly InstanceHealth[],
): readonly string[] {
  return [
    ...(health?.causes ?? []).map((cause) => `Cause        ${cause}`),
    ...instances.flatMap(({ instanceId, causes }) => causes.map((cause) => `${instanceId}: ${cause}`)),
  ];
}
