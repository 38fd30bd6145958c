import type { Region } from "../../region.ts";
import { presignGet } from "../../s3/presign.ts";
import type { Environment } from "../environment.ts";
import type { Member } from "../member.ts";
import { putObject } from "../put-object.ts";
import type { Severity } from "../event.ts";
import { tellAnswering } from "../record-event.ts";
import { zipFiles } from "../zip-files.ts";
import type { InfoType } from "./log-sample.ts";
import { readLogs, tailText } from "./read-logs.ts";

/** Seconds that the address of a log lasts. */
const LASTS = 15 * 60;

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
    url: presignGet(region, object.bucket, object.key, LASTS),
  });
}

/** Puts the logs of all instances of an environment into its bucket, in the background. */
export function beginGathering(
  region: Region,
  environment: Environment,
  { type, requestId }: { readonly type: InfoType; readonly requestId: string },
): void {
  const say = (message: string, severity?: Severity): void => {
    tellAnswering(region, environment, { requestId, message, severity });
  };
  say("requestEnvironmentInfo is starting.");
  region.beanstalk.work.run(
    async () => {
      const members = [...environment.members.values()];
      await Promise.all(members.map((member) => gather(region, environment, { member, type })));
      const ids = members.map((member) => member.instanceId).join(", ");
      say(
        type === "bundle"
          ? "Pulled logs for environment instances."
          : `Successfully finished tailing ${members.length} instance(s): [${ids}]`,
      );
    },
    (cause) => {
      say(`Failed to retrieve the logs: ${String(cause)}`, "ERROR");
    },
  );
}
