import type { Aws } from "../aws/open-aws.ts";
import type { Config } from "../config/config.ts";
import type { Invocation } from "./act.ts";

/** The settings of this call; without a file only where `optional` allows it. */
export async function configOf({ global, options, world }: Invocation, optional = false): Promise<Config> {
  const { loadConfig } = await import("../config/load.ts");
  return loadConfig({
    file: global.config,
    flags: { env: global.env, region: global.region, profile: global.profile, model: options["model"] },
    environment: world.environment,
    cwd: world.cwd,
    optional,
  });
}

/** AWS, as the settings say. No call is made yet. */
export async function awsOf(config: Config, { world }: Invocation): Promise<Aws> {
  const { openAws } = await import("../aws/open-aws.ts");
  return openAws({
    region: config.region,
    profile: config.profile,
    environment: world.environment,
    signal: world.signal,
  });
}
