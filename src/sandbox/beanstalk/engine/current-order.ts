import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { DeploymentOrder } from "./deploy-to-member.ts";
import { openVersion } from "./deployment-target.ts";

/** The order that brings an instance to what its environment is expected to run. Throws where the bundle is gone. */
export async function currentOrder(
  region: Region,
  environment: Environment,
  signal: AbortSignal,
): Promise<DeploymentOrder> {
  return {
    kind: "application",
    bundle: await openVersion(region, environment, environment.versionLabel),
    versionLabel: environment.versionLabel,
    deploymentId: environment.deploymentId,
    signal,
  };
}
