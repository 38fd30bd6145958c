import type { Environment } from "../environment.ts";
import { frontOf } from "../options/effective.ts";

/** Makes an environment's proxy send requests to the environment's registered instances. */
export function serveEnvironment(environment: Environment): void {
  environment.proxy?.serve({
    balanced: () => frontOf(environment.settings) !== "single",
    targets: () =>
      [...environment.members.values()]
        .filter((member) => member.registered && member.host !== undefined)
        .map((member) => ({
          instanceId: member.instanceId,
          port: member.port,
          rules: member.proxyRules,
          healthy: member.target.state === "healthy",
        })),
  });
}
