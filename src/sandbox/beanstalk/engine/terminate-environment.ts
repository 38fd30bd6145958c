import { terminateInstance } from "../../ec2/end-instance.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { tell } from "../record-event.ts";
import { beginOperation } from "./begin-operation.ts";
import { deleteResources } from "./delete-resources.ts";
import { forgetMember } from "./end-member.ts";

/** Ends all instances at once: nobody is served any more, so nothing is drained. */
export async function endAllMembers(region: Region, environment: Environment): Promise<void> {
  environment.desired = 0;
  const members = [...environment.members.values()];
  for (const member of members) {
    member.state = "Terminating";
  }
  await Promise.all(members.map((member) => forgetMember(region, environment, member)));
  await Promise.all(members.map((member) => terminateInstance(region, member.instanceId)));
}

async function terminate(region: Region, environment: Environment): Promise<void> {
  await endAllMembers(region, environment);
  const held = deleteResources(region, environment);
  if (held.length > 0) {
    const message = `Stack deletion failed: The following resource(s) failed to delete: [${held.join(", ")}].`;
    tell(region, environment, message, "ERROR");
    tell(region, environment, "Failed to terminate environment.", "ERROR");
    return;
  }
  await region.beanstalk.work.sleep(region.timings.deletion);
  const { proxy } = environment;
  environment.proxy = undefined;
  environment.resources = undefined;
  tell(region, environment, "terminateEnvironment completed successfully.");
  environment.status = "Terminated";
  environment.terminated = new Date();
  environment.report = { health: "Grey", status: "NoData", causes: [] };
  await proxy?.close();
}

/** Terminates an environment and all it owns, in the background; its name is free again afterwards. */
export function beginTermination(region: Region, environment: Environment, requestId: string): void {
  environment.operation?.stop.abort();
  const message = "terminateEnvironment is starting.";
  beginOperation(region, environment, { requestId, status: "Terminating", message }, () =>
    terminate(region, environment),
  );
}
