import { frontOf } from "../options/effective.ts";
import { findRule } from "../options/option-table.ts";
import { changedOptions, isOn, numberOf, settingOf, type Settings } from "../options/settings.ts";

/** How instances are brought over: all at once, in batches, or by new ones that take their place. */
export type UpdateMethod = "all-at-once" | "rolling" | "additional-batch" | "immutable";

/** What an update does to an environment's instances. */
export interface UpdatePlan {
  /** `deploy` a version, give them new `properties`, `replace` them, or nothing. */
  readonly instances: "none" | "properties" | "deploy" | "replace";
  readonly method: UpdateMethod;
  /** Instances in a batch, where there are batches. */
  readonly batch: number;
  /** The group's size changes. */
  readonly resize: boolean;
}

/** What decides a plan. */
export interface UpdateDifference {
  readonly before: Settings;
  readonly after: Settings;
  /** A version is to be deployed. */
  readonly deploys: boolean;
  readonly platformChanges: boolean;
  /** How many instances there are. */
  readonly count: number;
}

const COMMAND = "aws:elasticbeanstalk:command";
const ROLLING = "aws:autoscaling:updatepolicy:rollingupdate";

/** How many instances a deployment takes at a time: never none, never more than there are. */
export function batchSize(settings: Settings, count: number): number {
  const size = numberOf(settings, COMMAND, "BatchSize", 100);
  const fixed = settingOf(settings, COMMAND, "BatchSizeType")?.toLowerCase() === "fixed";
  const wanted = fixed ? size : Math.floor((count * size) / 100);
  return Math.max(1, Math.min(wanted, Math.max(1, count)));
}

function deploymentMethod(settings: Settings): UpdateMethod {
  const policy = settingOf(settings, COMMAND, "DeploymentPolicy")?.toLowerCase();
  switch (policy ?? "allatonce") {
    case "immutable":
    // The sandbox splits no traffic: it deploys to new instances and takes them over when they are healthy.
    case "trafficsplitting":
      return "immutable";
    case "rolling":
      return frontOf(settings) === "single" ? "all-at-once" : "rolling";
    case "rollingwithadditionalbatch":
      return frontOf(settings) === "single" ? "all-at-once" : "additional-batch";
    default:
      return "all-at-once";
  }
}

function replacementMethod(settings: Settings): UpdateMethod {
  if (settingOf(settings, ROLLING, "RollingUpdateType")?.toLowerCase() === "immutable") {
    return "immutable";
  }
  return isOn(settings, ROLLING, "RollingUpdateEnabled") && frontOf(settings) !== "single"
    ? "rolling"
    : "all-at-once";
}

/** Decides what an update does, from what changes. */
export function planUpdate(difference: UpdateDifference): UpdatePlan {
  const { before, after, count } = difference;
  const changes = changedOptions(before, after);
  const severities = new Set(changes.map(({ namespace, name }) => findRule(namespace, name)?.severity));
  const resize = changes.some(
    ({ namespace, name }) => namespace === "aws:autoscaling:asg" && name.endsWith("Size"),
  );
  if (difference.platformChanges || severities.has("RestartEnvironment")) {
    const batch = numberOf(after, ROLLING, "MaxBatchSize", Math.max(1, Math.floor(count / 3)));
    return { instances: "replace", method: replacementMethod(after), batch: Math.max(1, batch), resize };
  }
  const batch = batchSize(after, count);
  if (difference.deploys) {
    return { instances: "deploy", method: deploymentMethod(after), batch, resize };
  }
  if (severities.has("RestartApplicationServer")) {
    // New properties reach instances in place under every policy; only batches are kept.
    const rolling = ["rolling", "additional-batch"].includes(deploymentMethod(after));
    return { instances: "properties", method: rolling ? "rolling" : "all-at-once", batch, resize };
  }
  return { instances: "none", method: "all-at-once", batch, resize };
}

/** A list in pieces of at most `size`. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
