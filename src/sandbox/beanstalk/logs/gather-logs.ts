import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { Member } from "../member.ts";
import { putObject } from "../put-object.ts";
import { tell } from "../record-event.ts";
import { zipFiles } from "../zip-files.ts";
import type { InfoType } from "./log-sample.ts";
import { presignedUrl } from "./presign.ts";
import { readLogs, tailText } from "./read-logs.ts";

async function gather(
  region: Region,
  environment: Environment,
  { member, type }: { readonly member: Member; readonly type: InfoType },
): Promise<void> {
  if (member.host === undefined) {
    return;
  }
  const logs = await readLogs(member.host);
  const bundled = type === "bundle";
  const bytes = bundled
    ? await zipFiles(Object.fromEntries([...logs].map(([path, text]) => [path.slice(1), text])))
    : Buffer.from(tailText(logs));
  const place = `resources/environments/logs/${type}/${environment.id}/${member.instanceId}`;
  const key = `${place}/${bundled ? "BundleLogs" : "TailLogs"}-${Date.now()}.${bundled ? "zip" : "txt"}`;
  const object = await putObject(region, key, {
    bytes,
    contentType: bundled ? "application/zip" : "text/plain",
  });
  region.beanstalk.logSamples.push({
    environmentId: environment.id,
    instanceId: member.instanceId,
    type,
    date: new Date(),
    url: presignedUrl(region, object),
  });
}

/** Puts the logs of all instances of an environment into its bucket, in the background. */
export function beginGathering(region: Region, environment: Environment, type: InfoType): void {
  const what = type === "bundle" ? "bundleLogs" : "requestEnvironmentInfo";
  tell(region, environment, `${what} is starting.`);
  region.beanstalk.work.run(
    async () => {
      const members = [...environment.members.values()];
      await Promise.all(members.map((member) => gather(region, environment, { member, type })));
      const ids = members.map((member) => member.instanceId).join(", ");
      const message =
        type === "bundle"
          ? "Pulled logs for environment instances."
          : `Successfully finished tailing ${members.length} instance(s): [${ids}]`;
      tell(region, environment, message);
    },
    (cause) => {
      tell(region, environment, `Failed to retrieve the logs: ${String(cause)}`, "ERROR");
    },
  );
}
