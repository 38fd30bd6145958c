import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { beginOperation } from "./begin-operation.ts";
import { deleteResources } from "./delete-resources.ts";
import { buildEnvironment } from "./launch-environment.ts";
import { endAllMembers } from "./terminate-environment.ts";

/** Deletes all resources of an environment and makes them anew, in the background. */
export function beginRebuild(region: Region, environment: Environment, requestId: string): void {
  const message = "rebuildEnvironment is starting.";
  beginOperation(region, environment, { requestId, status: "Updating", message }, async (signal) => {
    await endAllMembers(region, environment);
    deleteResources(region, environment);
    environment.resources = undefined;
    await buildEnvironment(region, environment, signal);
  });
}
