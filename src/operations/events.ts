import type { EnvironmentEvent, EnvironmentEvents } from "../aws/environment-events.ts";
import type { Environments } from "../aws/environments.ts";
import type { Config } from "../config/config.ts";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";
import { paceOf, pause } from "./pace.ts";

/** What `events` needs of AWS. */
export interface EventsPorts {
  readonly region: string;
  readonly local: boolean;
  readonly environments: Pick<Environments, "find">;
  readonly events: EnvironmentEvents;
}

/** Lists an environment's events, of a terminated one too; with `follow` goes on until the signal aborts. */
export async function events(
  config: Config,
  options: { readonly limit: number; readonly follow: boolean },
  ports: EventsPorts,
  world: World,
): Promise<CommandResult> {
  const environmentName = config.environmentName;
  const found = await ports.events.list({ environmentName, limit: options.limit });
  if (options.follow) await goOn(found, environmentName, ports, world);
  return {
    json: {
      environment: { name: environmentName },
      events: found.map(({ at, severity, message }) => ({ at: at.toISOString(), severity, message })),
    },
    lines: found.length === 0 ? [`There are no events of ${environmentName}.`] : found.map(eventLine),
  };
}

/** Ends with the signal's reason; `--timeout` bounds it. */
async function goOn(
  found: readonly EnvironmentEvent[],
  environmentName: string,
  ports: EventsPorts,
  world: World,
): Promise<never> {
  const key = ({ at, message }: EnvironmentEvent): string => `${at.getTime()} ${message}`;
  for (const event of found) world.emit({ type: "environment-event", ...event });
  const known = new Set(found.map(key));
  let since = found.at(-1)?.at;
  for (;;) {
    await pause(paceOf(ports.local).poll, world.signal);
    for (const event of await ports.events.list({ environmentName, since })) {
      if (known.has(key(event))) continue;
      known.add(key(event));
      since = event.at;
      world.emit({ type: "environment-event", ...event });
    }
  }
}

function eventLine({ at, severity, message }: EnvironmentEvent): string {
  return `${at.toISOString().replace("T", " ").slice(0, 19)}  ${severity.padEnd(5)}  ${message}`;
}
