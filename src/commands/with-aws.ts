import type { Aws } from "../aws/open-aws.ts";
import type { Config } from "../config/config.ts";
import type { Invocation } from "./act.ts";

/** Reads bertops.yaml with the flags of a command, and opens AWS as it says. Loads the SDK only now. */
export async function withAws(invocation: Invocation): Promise<{ config: Config; aws: Aws }> {
  const { loadConfig } = await import("../config/load.ts");
  const { global, world } = invocation;
  const config = loadConfig({
    file: global.config,
    flags: settingFlags(invocation),
    environment: world.environment,
    cwd: world.cwd,
  });
  return { config, aws: await openFor(config, invocation) };
}

/** Opens AWS for settings that are read already. */
export async function openFor(config: Config, { world }: Pick<Invocation, "world">): Promise<Aws> {
  const { openAws } = await import("../aws/open-aws.ts");
  return openAws({
    region: config.region,
    profile: config.profile,
    environment: world.environment,
    signal: world.signal,
  });
}

/** The common flags that settings take. */
export function settingFlags({ global }: Pick<Invocation, "global">): Record<string, string | undefined> {
  return { env: global.env, region: global.region, profile: global.profile };
}
