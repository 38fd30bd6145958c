import type { BeanstalkState } from "../state.ts";

/** Ends everything that runs for environments: background work first, then applications and proxies. */
export async function closeRuntime(state: BeanstalkState): Promise<void> {
  const ended = state.work.close();
  const environments = [...state.environments.values()];
  const members = environments.flatMap((environment) => [...environment.members.values()]);
  await Promise.allSettled([
    ...members.map((member) => member.application?.stop()),
    ...environments.map((environment) => environment.proxy?.close()),
  ]);
  await ended;
}
