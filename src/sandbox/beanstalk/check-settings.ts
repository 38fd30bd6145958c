import type { Region } from "../region.ts";
import { configurationInvalid } from "./errors.ts";
import { invalidValue, type Finding } from "./options/finding.ts";
import { listOf, settingOf, type OptionSetting, type Settings } from "./options/settings.ts";
import { validateSettings } from "./options/validate.ts";

const LAUNCH = "aws:autoscaling:launchconfiguration";
const VPC = "aws:ec2:vpc";

interface Reference {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly exists: (value: string) => boolean;
}

function references(region: Region): Reference[] {
  const { vpcs, subnets, securityGroups, keyPairs } = region.ec2;
  const subnet = { kind: "subnet", exists: (id: string) => subnets.has(id) };
  const group = { kind: "security group", exists: (id: string) => securityGroups.has(id) };
  return [
    { namespace: VPC, name: "VPCId", kind: "VPC", exists: (id) => vpcs.has(id) },
    { namespace: VPC, name: "Subnets", ...subnet },
    { namespace: VPC, name: "ELBSubnets", ...subnet },
    { namespace: LAUNCH, name: "SecurityGroups", ...group },
    { namespace: "aws:elbv2:loadbalancer", name: "SecurityGroups", ...group },
    { namespace: LAUNCH, name: "EC2KeyName", kind: "key pair", exists: (name) => keyPairs.has(name) },
  ];
}

/** Names and ids in settings that nothing in the region answers to. */
function danglingReferences(region: Region, settings: Settings): Finding[] {
  const missing = references(region).flatMap(({ namespace, name, kind, exists }) =>
    listOf(settings, namespace, name)
      .filter((value) => !exists(value))
      .map((value) =>
        invalidValue(
          namespace,
          name,
          settingOf(settings, namespace, name),
          `The ${kind} '${value}' does not exist`,
        ),
      ),
  );
  const environment = "aws:elasticbeanstalk:environment";
  const role = settingOf(settings, environment, "ServiceRole") ?? "";
  const known = [...region.iam.roles.values()].some(
    (one) => one.name === role || one.arn === role || `${one.path.replace(/^\//u, "")}${one.name}` === role,
  );
  return role === "" || known
    ? missing
    : [...missing, invalidValue(environment, "ServiceRole", role, `The role '${role}' does not exist`)];
}

/** The load balancer's type is chosen once. */
function changedForGood(before: Settings | undefined, after: Settings): Finding[] {
  const namespace = "aws:elasticbeanstalk:environment";
  const name = "LoadBalancerType";
  const was = before === undefined ? undefined : settingOf(before, namespace, name)?.toLowerCase();
  const is = settingOf(after, namespace, name);
  return was === undefined || is === undefined || was === is.toLowerCase()
    ? []
    : [
        invalidValue(
          namespace,
          name,
          is,
          "You can't change the load balancer type of an existing environment.",
        ),
      ];
}

/** What settings are checked against. */
export interface SettingsContext {
  /** What the settings are laid over. */
  readonly base: Settings;
  /** The effective settings of the environment that they change. */
  readonly present?: Settings | undefined;
  readonly merged: Settings;
}

/** Everything that is wrong with requested settings. */
export function findings(
  region: Region,
  given: readonly OptionSetting[],
  context: SettingsContext,
): Finding[] {
  const own = validateSettings(given, context.base);
  return own.length > 0
    ? own
    : [...changedForGood(context.present, context.merged), ...danglingReferences(region, context.merged)];
}

/** Throws ConfigurationValidationException where something is wrong with requested settings. */
export function checkSettings(
  region: Region,
  given: readonly OptionSetting[],
  context: SettingsContext,
): void {
  const [first] = findings(region, given, context);
  if (first !== undefined) {
    throw configurationInvalid(first);
  }
}
