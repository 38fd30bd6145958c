import type { Aws } from "../aws/open-aws.ts";
import type { Config } from "../config/config.ts";
import type { Invocation } from "./act.ts";

/** Reads bertops.yaml with the flags of a command, and opens AWS as it says. Loads the SDK only now. */
export async function withAws(invocation: Invocation): Promise<{ config: Config; aws: Aws }> {
  const config = await configOf(invocation);
  return { config, aws: await awsOf(config, invocation) };
}

/** The settings of this call; without a file only where `optional` allows it. */
export async function configOf(invocation: Invocation, optional = false): Promise<Config> {
  const { loadConfig } = await import("../config/load.ts");
  const { global, world } = invocation;
  return loadConfig({
    file: global.config,
    flags: settingFlags(invocation),
    environment: world.environment,
    cwd: world.cwd,
    optional,
  });
}

/** Opens AWS as the settings say. No call is made yet. */
export async function awsOf(config: Config, { world }: Pick<Invocation, "world">): Promise<Aws> {
  const { openAws } = await import("../aws/open-aws.ts");
  return openAws({
    region: config.region,
    profile: config.profile,
    environment: world.environment,
    signal: world.signal,
  });
}

/** The flags that settings take; `--model` where the command has one. */
export function settingFlags({
  global,
  options,
}: Pick<Invocation, "global" | "options">): Record<string, unknown> {
  return { env: global.env, region: global.region, profile: global.profile, model: options["model"] };
}
