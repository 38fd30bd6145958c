import { EXIT, UserError } from "../errors.ts";
import { type Difference, differences, droppedProperties } from "./difference.ts";
import { PROPERTIES_NAMESPACE } from "./names.ts";
import type { Observed, ObservedEnvironment } from "./observed.ts";
import { type Ids, settingsFor } from "./settings.ts";
import type { EnvironmentChange, Step } from "./step.ts";
import { isBalanced, type Wanted } from "./wanted.ts";

/** Steps for the environment: create it, bring it to what is wanted, or wait for what goes on. */
export function planEnvironment(wanted: Wanted, observed: Observed): readonly Step<EnvironmentChange>[] {
  const { owner, config, version } = wanted;
  const found = observed.environment;
  if (found === undefined) {
    const { min, max } = config.service.instances;
    return [
      {
        resource: "environment",
        name: owner.environment,
        action: "create",
        detail: [
          `${wanted.ground.platform.branch} ${wanted.ground.platform.version}`,
          min === max
            ? `${min} x ${config.service.instanceType}`
            : `${min} to ${max} x ${config.service.instanceType}`,
          ...(isBalanced(config) ? ["application load balancer"] : ["single instance"]),
          `version ${version.label}`,
        ].join(", "),
        change: { type: "create-environment" },
      },
    ];
  }
  if (found.status === "Terminating")
    throw new UserError({
      reason: "environment-terminating",
      message: `The environment ${found.name} is being terminated.`,
      hint: "Wait until it is gone, then run the same command again.",
      next: ["bertops destroy", "bertops status"],
      exitCode: EXIT.retry,
    });
  // What goes on may well be the very change that is wanted: it is awaited first, then compared again.
  if (found.status !== "Ready")
    return [
      {
        resource: "environment",
        name: found.name,
        action: "wait",
        detail: `it is ${found.status.toLowerCase()}`,
        change: { type: "await-environment" },
      },
    ];
  return compare(wanted, observed, found);
}

/** The ids that exist already. */
export function observedIds(observed: Observed): Ids {
  return {
    groups: new Map([...observed.groups].map(([part, { id }]) => [part, id])),
    fileSystem: observed.fileSystem?.id,
  };
}

function compare(
  wanted: Wanted,
  observed: Observed,
  found: ObservedEnvironment,
): readonly Step<EnvironmentChange>[] {
  const settings = settingsFor(wanted, observedIds(observed));
  const differing = differences(settings, found.settings);
  refuseImmutable(found, differing);
  const remove = droppedProperties(settings, found.settings);
  const sameVersion = found.versionLabel === wanted.version.label;
  const redeploy = sameVersion && found.deploymentFailed;
  const versionLabel = sameVersion && !redeploy ? undefined : wanted.version.label;
  const otherBranch = !isOfBranch(found, wanted.ground.platform.branch);
  const platformArn = otherBranch ? wanted.ground.platform.arn : undefined;
  const details = [
    ...(versionLabel === undefined
      ? []
      : [
          redeploy
            ? `deploy ${versionLabel} again: its last deployment failed`
            : `version ${found.versionLabel ?? "none"} -> ${versionLabel}`,
        ]),
    ...(platformArn === undefined
      ? []
      : [
          `platform ${found.stackName ?? "unknown"} -> ${wanted.ground.platform.branch} ${wanted.ground.platform.version}`,
        ]),
    ...differing.map(differenceText),
    ...remove.map(({ option }) => `${option} is removed`),
  ];
  if (details.length === 0) return [];
  return [
    {
      resource: "environment",
      name: found.name,
      action: "update",
      detail: details.join("; "),
      change: { type: "update-environment", versionLabel, platformArn, remove, differing },
    },
  ];
}

/** The values of properties may be what nobody should read on a screen, so only their names show. */
function differenceText({ namespace, option, found, value }: Difference): string {
  if (namespace === PROPERTIES_NAMESPACE)
    return `property ${option} ${found === undefined ? "is new" : "changes"}`;
  return `${option} ${found ?? "(none)"} -> ${value}`;
}

function refuseImmutable(found: ObservedEnvironment, differing: readonly Difference[]): void {
  const fixed = differing.find(
    ({ namespace, option, found: now }) =>
      (namespace === "aws:ec2:vpc" && option === "VPCId") ||
      // From a single instance to a load balancer is possible; from one type of balancer to another is not.
      (option === "LoadBalancerType" &&
        now !== undefined &&
        !differing.some((other) => other.option === "EnvironmentType")),
  );
  if (fixed === undefined) return;
  throw new UserError({
    reason: "immutable-setting",
    message: `${fixed.option} of ${found.name} is ${fixed.found ?? "unset"} and cannot become ${fixed.value} after creation.`,
    hint: "Create a second environment with --env and move over, or destroy this one first; the model's data stays.",
    next: ["bertops init --env NEW-NAME", "bertops destroy"],
    exitCode: EXIT.usage,
  });
}

/** `Node.js 24 running on 64bit Amazon Linux 2023` against `64bit Amazon Linux 2023 v6.11.7 running Node.js 24` or an ARN. */
function isOfBranch(found: ObservedEnvironment, branch: string): boolean {
  if (found.platformArn !== undefined) return found.platformArn.includes(`/${branch}/`);
  const [language = "", system = ""] = branch.split(" running on ");
  const stack = found.stackName;
  return stack === undefined || (stack.startsWith(system) && stack.endsWith(` running ${language}`));
}
