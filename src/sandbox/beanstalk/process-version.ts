import type { Region } from "../region.ts";
import type { ApplicationVersion } from "./application.ts";
import { checkBundle } from "./instance/bundle.ts";
import { recordEvent, type EventSubject } from "./record-event.ts";
import { findObject } from "../s3/buckets.ts";

/** Opens and checks a version's bundle in the background: `Processing` becomes `Processed` or `Failed`. */
export function processVersion(region: Region, version: ApplicationVersion, subject: EventSubject): void {
  const { work } = region.beanstalk;
  const settle = (status: "Processed" | "Failed", reason?: string): void => {
    version.status = status;
    version.updated = new Date();
    const outcome = `Finished processing application version ${version.label}. Result: ${status.toUpperCase()}`;
    if (reason !== undefined) {
      recordEvent(region, subject, `Error processing file (Skipping): ${reason}`, "ERROR");
    }
    recordEvent(region, subject, outcome, status === "Failed" ? "ERROR" : "INFO");
  };
  work.run(
    async () => {
      await work.sleep(region.timings.applicationVersion);
      await checkBundle(findObject(region, version.bundle.bucket, version.bundle.key).file);
      settle("Processed");
    },
    (cause) => {
      settle("Failed", cause instanceof Error ? cause.message : String(cause));
    },
  );
}
