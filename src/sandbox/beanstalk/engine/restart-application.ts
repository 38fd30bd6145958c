import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { tell } from "../record-event.ts";
import { awaitRestart } from "./await-health.ts";
import { beginOperation } from "./begin-operation.ts";
import { deployToMembers, tellSummary } from "./deploy-to-member.ts";

/** Restarts the application on every instance, in the background. */
export function beginRestart(region: Region, environment: Environment, requestId: string): void {
  const message = "restartAppServer is starting.";
  beginOperation(region, environment, { requestId, status: "Updating", message }, async (signal) => {
    const members = [...environment.members.values()];
    const { versionLabel, deploymentId } = environment;
    const failed = await deployToMembers(region, environment, members, {
      kind: "restart",
      bundle: undefined,
      versionLabel,
      deploymentId,
      signal,
    });
    if (tellSummary(region, environment, members, failed)) {
      await awaitRestart(region, environment, signal);
      tell(region, environment, "restartAppServer completed successfully.");
    } else {
      tell(region, environment, "Failed to restart application server.", "ERROR");
    }
  });
}
