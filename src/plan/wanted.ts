import type { Subnet } from "../aws/network.ts";
import type { Config } from "../config/config.ts";
import type { Ground } from "./ground.ts";
import { bundlePrefix, namesOf, type Owner, ROLE_PATH, storageBucket, tagsFor } from "./names.ts";
import { onePerZone } from "./subnets.ts";

/** The groups of one environment by their part. */
export type GroupPart = "instance" | "balancer" | "file-system";

/** Traffic that a wanted group admits: from a network, or from another wanted group. */
export interface RuleWanted {
  readonly port: number;
  readonly source: { readonly network: string } | { readonly group: GroupPart };
  readonly description: string;
}

export interface GroupWanted {
  readonly part: GroupPart;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly RuleWanted[];
}

export interface RoleWanted {
  readonly part: "service" | "instance";
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** The service that may take the role on. */
  readonly principal: string;
  readonly policies: readonly string[];
  /** Policies that only this role has: documents by name. */
  readonly inline: Readonly<Record<string, string>>;
}

/** A bundle as the plan needs it: what it is called, not what is in it. */
export interface VersionWanted {
  readonly label: string;
  readonly key: string;
  readonly description: string;
  /** False for a version that is only named: it has to exist already. */
  readonly bundled: boolean;
}

/** Everything that should exist for one environment. */
export interface Wanted {
  readonly owner: Owner;
  readonly config: Config;
  readonly ground: Ground;
  readonly tags: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly roles: { readonly service: RoleWanted; readonly instance: RoleWanted };
  readonly groups: readonly GroupWanted[];
  readonly creationToken: string;
  readonly mountSubnets: readonly Subnet[];
  readonly version: VersionWanted;
}

/** How the descriptions of rules that let people in by SSH begin. */
export const SSH_RULE = "bertops: SSH for ";

/** Says what should exist: settings, account and region, and the bundle's label decide. */
export function want(config: Config, ground: Ground, version: Omit<VersionWanted, "key">): Wanted {
  const owner = { application: config.name, environment: config.environmentName, region: ground.region };
  const names = namesOf(owner);
  const { partition, accountId } = ground.identity;
  const arn = (name: string): string => `arn:${partition}:iam::${accountId}:role${ROLE_PATH}${name}`;
  const policy = (name: string): string => `arn:${partition}:iam::aws:policy/${name}`;
  return {
    owner,
    config,
    ground,
    tags: tagsFor(owner, config.tags),
    bucket: storageBucket(ground.region, accountId),
    roles: {
      service: {
        part: "service",
        name: names.serviceRole,
        arn: arn(names.serviceRole),
        description: `Elastic Beanstalk watches ${owner.environment} with it (bertops).`,
        principal: "elasticbeanstalk",
        policies: [
          policy("service-role/AWSElasticBeanstalkEnhancedHealth"),
          policy("AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"),
        ],
        inline: {},
      },
      instance: {
        part: "instance",
        name: names.instanceRole,
        arn: arn(names.instanceRole),
        description: `Instances of ${owner.environment} run with it (bertops).`,
        principal: "ec2",
        policies: [policy("AWSElasticBeanstalkWebTier")],
        inline: tokenPolicy(config.service.tokenSecret),
      },
    },
    groups: groupsWanted(config, ground, names),
    creationToken: names.creationToken,
    mountSubnets: onePerZone(ground.subnets),
    version: { ...version, key: `${bundlePrefix(owner.application)}${version.label}.zip` },
  };
}

/** What the policy is called that lets instances read the token's secret. */
const TOKEN_POLICY = "bertops-token";

/** Policies that bertops writes into roles, of which those that the settings no longer ask for are removed. */
export const OWN_POLICIES: readonly string[] = [TOKEN_POLICY];

function tokenPolicy(arn: string | undefined): Record<string, string> {
  if (arn === undefined) return {};
  const statement = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn };
  return { [TOKEN_POLICY]: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) };
}

/** True where a load balancer stands in front. */
export function isBalanced(config: Config): boolean {
  return config.service.instances.max > 1;
}

function groupsWanted(
  config: Config,
  ground: Ground,
  names: ReturnType<typeof namesOf>,
): readonly GroupWanted[] {
  const balanced = isBalanced(config);
  const world: RuleWanted = {
    port: 80,
    source: { network: "0.0.0.0/0" },
    description: "bertops: HTTP for everybody",
  };
  const environment = config.environmentName;
  const instance: GroupWanted = {
    part: "instance",
    name: names.instanceGroup,
    description: `Instances of ${environment} (bertops)`,
    rules: [
      balanced
        ? { port: 80, source: { group: "balancer" }, description: "bertops: HTTP from the load balancer" }
        : world,
      ...sshRules(config, ground),
    ],
  };
  const fileSystem: GroupWanted = {
    part: "file-system",
    name: names.fileSystemGroup,
    description: `Mount targets of ${environment} (bertops)`,
    rules: [{ port: 2049, source: { group: "instance" }, description: "bertops: NFS from the instances" }],
  };
  const balancer: GroupWanted = {
    part: "balancer",
    name: names.balancerGroup,
    description: `Load balancer of ${environment} (bertops)`,
    rules: [world],
  };
  return balanced ? [balancer, instance, fileSystem] : [instance, fileSystem];
}

function sshRules(config: Config, ground: Ground): readonly RuleWanted[] {
  const { admit } = config.ssh;
  const rule = (network: string, who: string): RuleWanted => ({
    port: 22,
    source: { network },
    description: `${SSH_RULE}${who}`.slice(0, 255),
  });
  if (admit === "none") return [];
  if (admit !== "caller") return admit.map((network) => rule(network, network));
  // One rule a person: whoever runs `init` next adds a rule and keeps those of the others.
  const address = ground.callerAddress;
  if (address === undefined) return [];
  return [rule(`${address}/${address.includes(":") ? 128 : 32}`, ground.identity.arn)];
}
