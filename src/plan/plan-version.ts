import { EXIT, UserError } from "../errors.ts";
import type { Observed } from "./observed.ts";
import type { Step, VersionChange } from "./step.ts";
import type { Wanted } from "./wanted.ts";

/** Steps for the bucket, the bundle, the application and its version. The same content has the same label, so there may be none. */
export function planVersion(wanted: Wanted, observed: Observed): readonly Step<VersionChange>[] {
  const { version, owner } = wanted;
  const steps: Step<VersionChange>[] = [];
  if (!observed.bucket)
    steps.push({
      resource: "bucket",
      name: wanted.bucket,
      action: "create",
      detail: "where Elastic Beanstalk keeps bundles in this region",
      change: { type: "create-bucket" },
    });
  if (observed.application === undefined)
    steps.push({
      resource: "application",
      name: owner.application,
      action: "create",
      detail: "holds the versions of the service",
      change: { type: "create-application" },
    });
  const found = observed.version;
  if (!version.bundled && found === undefined)
    throw new UserError({
      reason: "no-version",
      message: `The application ${owner.application} has no version ${version.label}.`,
      hint: "Deploy the app as it is on disk, without --version.",
      next: ["bertops deploy"],
      exitCode: EXIT.usage,
    });
  if (found !== undefined && found.status !== "FAILED") return steps;
  if (!observed.bundle)
    steps.push({
      resource: "bundle",
      name: version.key,
      action: "create",
      detail: version.description,
      change: { type: "upload-bundle" },
    });
  steps.push({
    resource: "application version",
    name: version.label,
    action: found === undefined ? "create" : "update",
    detail: found === undefined ? "of that bundle" : "its processing had failed: make it again",
    change: { type: "create-version", replace: found !== undefined },
  });
  return steps;
}
