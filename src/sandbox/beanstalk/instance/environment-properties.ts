import type { Settings } from "../options/settings.ts";

/** The environment properties of an environment, which hooks and the application see as variables. */
export function environmentProperties(settings: Settings): Record<string, string> {
  return Object.fromEntries(settings.get("aws:elasticbeanstalk:application:environment") ?? []);
}

/** The properties as the application of one instance sees them: its port is the instance's own. */
export function applicationEnvironment(settings: Settings, port: number): Record<string, string> {
  return { ...environmentProperties(settings), PORT: String(port) };
}
