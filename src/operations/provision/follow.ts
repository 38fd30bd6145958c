import type { EnvironmentEvent } from "../../aws/environment-events.ts";
import type { Environment, Started } from "../../aws/environments.ts";
import { UserError } from "../../errors.ts";
import type { World } from "../../world.ts";
import { type Pace, pause } from "../pace.ts";
import { hookFailure } from "../../plan/mount-script/hook-failure.ts";
import type { FollowPorts } from "./ports.ts";

/** How an operation of Elastic Beanstalk ended. */
export interface Followed {
  /** Terminated, or Ready. */
  readonly environment: Environment;
  readonly events: readonly EnvironmentEvent[];
  /** What the events say went wrong; undefined where they tell of no failure. */
  readonly failure: string | undefined;
}

const FAILURES =
  /^(?:Failed to (?:launch|deploy)|Update environment operation is complete, but with errors|Create environment operation is complete, but with errors|The environment was reverted)|However, there were issues during launch|Unsuccessful command execution|Command failed on instance/u;
/** What Elastic Beanstalk writes when an operation is over, well or badly. */
const CLOSING =
  /^Successfully launched|completed successfully|operation is complete|^Environment update completed|^Successfully deployed new configuration|^Failed to/u;
const BETWEEN_STATES = new Set([
  "Launching",
  "Updating",
  "Aborting",
  "Terminating",
  "LinkingFrom",
  "LinkingTo",
]);

/**
 * Follows what goes on in an environment until it is over, and passes its events on. `since` bounds them where no
 * request id is known.
 */
export async function follow(
  started: Started & { readonly since: Date },
  ports: FollowPorts,
  world: Pick<World, "emit" | "signal">,
  pace: Pace,
): Promise<Followed> {
  const log = new EventLog(started, ports, world);
  for (let looks = 0; ;) {
    // The state first: events that were written before it are in the answer that follows.
    const environment = await ports.environments.byId(started.environmentId);
    await log.read();
    if (environment === undefined)
      throw new UserError({
        reason: "environment-gone",
        message: `Elastic Beanstalk no longer knows the environment ${started.environmentId}.`,
        next: ["bertops status", "bertops init"],
      });
    const quiet = !BETWEEN_STATES.has(environment.status);
    looks = quiet ? looks + 1 : 0;
    // Just after a call AWS may still show the state before it: without a closing event, it is looked at again.
    const over =
      environment.status === "Terminated" ||
      looks > 2 ||
      log.seen.some(({ message }) => CLOSING.test(message));
    if (quiet && over) {
      const failure = log.seen.findLast(({ message }) => FAILURES.test(message))?.message;
      return { environment, events: log.seen, failure };
    }
    await pause(pace.poll, world.signal);
  }
}

/** Events of one operation, each told once. */
class EventLog {
  readonly seen: EnvironmentEvent[] = [];
  readonly #known = new Set<string>();
  readonly #started: Started & { readonly since: Date };
  readonly #ports: FollowPorts;
  readonly #world: Pick<World, "emit">;

  constructor(started: Started & { readonly since: Date }, ports: FollowPorts, world: Pick<World, "emit">) {
    this.#started = started;
    this.#ports = ports;
    this.#world = world;
  }

  async read(): Promise<void> {
    const { environmentId, requestId, since } = this.#started;
    const events = await this.#ports.events.list({
      environmentId,
      ...(requestId === undefined ? { since } : { requestId }),
    });
    for (const event of events) {
      const key = `${event.at.getTime()} ${event.message}`;
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.seen.push(event);
      this.#world.emit({ type: "environment-event", ...event });
    }
  }
}

/**
 * Waits until health has settled after an operation: enhanced health needs some reports first. Answers the environment,
 * green or yellow; red after the time to settle is an error that names the causes.
 */
export async function settle(
  environment: Environment,
  ports: FollowPorts,
  world: Pick<World, "emit" | "signal">,
  pace: Pace,
): Promise<Environment> {
  const begun = performance.now();
  for (let now = environment; ;) {
    if (now.status === "Ready" && (now.health === "Green" || now.health === "Yellow")) return now;
    if (performance.now() - begun > pace.settle) {
      if (now.health !== "Red") {
        world.emit({
          type: "warning",
          message: `The health of ${now.name} is not known yet (${now.healthStatus ?? now.health}).`,
          hint: "Look again in a minute: bertops status",
        });
        return now;
      }
      throw await unhealthy(now, ports);
    }
    await pause(pace.poll, world.signal);
    now = (await ports.environments.byId(environment.id)) ?? now;
  }
}

async function unhealthy(environment: Environment, ports: FollowPorts): Promise<UserError> {
  const health = await ports.environments.health(environment.name);
  const causes = health?.causes ?? [];
  return new UserError({
    reason: "environment-unhealthy",
    message: `The environment ${environment.name} runs, but is ${health?.status ?? environment.health}${causes.length === 0 ? "." : `: ${causes.join(" ")}`}`,
    hint: "The logs of the instances say why; after a correction, deploy again.",
    next: ["bertops doctor", "bertops logs", "bertops deploy"],
  });
}

/** A launch or update that ended badly, as an error that names what the events said. */
export function failureOf(followed: Followed, next: readonly string[]): UserError | undefined {
  const { environment, events, failure } = followed;
  if (environment.status !== "Terminated" && failure === undefined) return undefined;
  const errors = events.filter(({ severity }) => severity === "ERROR" || severity === "FATAL");
  // The last but one often names the cause, the last one only the result.
  const said = [...new Set(errors.map(({ message }) => message))].slice(-3).join(" ");
  const mount = hookFailure(said);
  return new UserError({
    reason: environment.status === "Terminated" ? "launch-failed" : "deployment-failed",
    message:
      environment.status === "Terminated"
        ? `The environment ${environment.name} was terminated instead of launched: ${said || failure || "its events do not say why"}`
        : `Elastic Beanstalk reports a failure in ${environment.name}: ${said || failure}`,
    ...(mount === undefined
      ? { hint: "The events and the logs of the instances say more.", next }
      : {
          hint: `The instances could not mount the file system (${mount.reason}). ${mount.remedy}`,
          next: [...new Set([mount.next, ...next])],
        }),
  });
}
