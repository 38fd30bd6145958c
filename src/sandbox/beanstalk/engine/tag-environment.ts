import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { tell } from "../record-event.ts";
import { beginOperation } from "./begin-operation.ts";

/** Changes the tags of an environment and of its instances, in the background: a real update, which takes time. */
export function beginTagging(
  region: Region,
  environment: Environment,
  change: {
    readonly added: ReadonlyMap<string, string>;
    readonly removed: readonly string[];
    readonly requestId: string;
  },
): void {
  const start = {
    requestId: change.requestId,
    status: "Updating",
    message: "Environment tag update is starting.",
  } as const;
  beginOperation(region, environment, start, async (signal) => {
    await region.beanstalk.work.sleep(region.timings.applicationVersion, signal);
    const instances = [...environment.members.keys()].map((id) => region.ec2.instances.get(id)?.tags);
    for (const tags of [environment.tags, ...instances]) {
      for (const [key, value] of change.added) {
        tags?.set(key, value);
      }
      for (const key of change.removed) {
        tags?.delete(key);
      }
    }
    tell(region, environment, "Environment tag update completed successfully.");
  });
}
