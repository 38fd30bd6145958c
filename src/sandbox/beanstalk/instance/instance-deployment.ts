import type { Host, Isolation } from "../../hosts/host.ts";
import type { Settings } from "../options/settings.ts";
import { DeploymentFailure } from "./deployment-failure.ts";
import { applicationEnvironment } from "./environment-properties.ts";
import { engineLog } from "./instance-log.ts";
import type { BundleContents } from "./read-bundle.ts";
import { runCommand, type CommandResult } from "./run-command.ts";
import type { RunningApplication } from "./running-application.ts";

/** What one deployment on one instance works with. */
export interface InstanceDeployment {
  readonly host: Host;
  readonly isolation: Isolation;
  readonly port: number;
  readonly settings: Settings;
  /** Absent where only properties change or the application restarts. */
  readonly bundle: BundleContents | undefined;
  readonly signal: AbortSignal;
  /** The application that runs now; steps replace it. */
  application: RunningApplication | undefined;
}

/** The variables that hooks and commands see. */
export function commandEnvironment(deployment: InstanceDeployment): Record<string, string> {
  return applicationEnvironment(deployment.settings, deployment.port);
}

/** Runs a program as root in the instance, with the environment's properties. */
export function runAsRoot(
  deployment: InstanceDeployment,
  argv: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  return runCommand(deployment.host, argv, {
    user: "root",
    cwd,
    env: { ...commandEnvironment(deployment), ...env },
    signal: deployment.signal,
  });
}

/** Ends the deployment: a command failed, and the instance's log says which and what it said. */
export function fail(deployment: InstanceDeployment, message: string, output = ""): never {
  engineLog(deployment.host, "ERROR", message);
  if (output.trim() !== "") {
    engineLog(deployment.host, "ERROR", `Output: ${output.trimEnd()}`);
  }
  throw new DeploymentFailure(message, output);
}
