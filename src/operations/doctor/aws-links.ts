import type { Environment } from "../../aws/environments.ts";
import type { Instance } from "../../aws/instances.ts";
import type { Aws } from "../../aws/open-aws.ts";
import type { Rule } from "../../aws/security-groups.ts";
import { EXIT, UserError } from "../../errors.ts";
import type { Located } from "../locate.ts";
import type { Link } from "./chain.ts";

const NFS_PORT = 2049;

/** The part of the chain that AWS's APIs can tell of, once the environment is found. */
export function awsLinks(
  aws: Aws,
  found: { readonly located: Located; readonly instances: readonly Instance[] },
): readonly Link[] {
  const { located, instances } = found;
  return [
    { name: "environment", look: () => Promise.resolve(environmentState(located.environment)) },
    { name: "file system", look: () => fileSystemState(aws, located) },
    { name: "mount targets", look: () => Promise.resolve(targetsOfZones(located, instances)) },
    { name: "VPC DNS", look: () => dns(aws, located) },
    { name: "security groups", look: () => openPorts(aws, located, instances) },
  ];
}

function environmentState({ name, status, health }: Environment): string {
  if (status === "Ready") return `${name} is Ready, ${health}`;
  throw broken("environment-busy", `The environment ${name} is ${status}.`, "Wait until it is Ready.", [
    "bertops events --follow",
  ]);
}

async function fileSystemState(aws: Aws, { fileSystem: { id } }: Located): Promise<string> {
  const found = await aws.fileSystems.byId(id);
  if (found?.state === "available") return `${id} is available`;
  throw broken(
    "no-file-system",
    found === undefined
      ? `The file system ${id} does not exist.`
      : `The file system ${id} is ${found.state}.`,
    "init creates what is missing.",
    ["bertops init"],
  );
}

function targetsOfZones({ fileSystem }: Located, instances: readonly Instance[]): string {
  const available = new Set(
    fileSystem.mountTargets
      .filter(({ state }) => state === "available")
      .map(({ availabilityZone }) => availabilityZone),
  );
  const bare = instances.find(({ availabilityZone }) => !available.has(availabilityZone));
  if (bare === undefined && available.size > 0) return `available in ${[...available].join(", ")}`;
  throw broken(
    "no-mount-target",
    bare === undefined
      ? `${fileSystem.id} has no mount target that is available.`
      : `${fileSystem.id} has no available mount target in ${bare.availabilityZone}, where ${bare.id} runs.`,
    "An instance reaches the file system only through a mount target of its own zone.",
    ["bertops init"],
  );
}

async function dns(aws: Aws, { fileSystem }: Located): Promise<string> {
  const [target] = fileSystem.mountTargets;
  if (target !== undefined && (await aws.network.resolvesNames(target.vpcId)))
    return `${target.vpcId} resolves names`;
  throw broken(
    "no-dns",
    `The VPC ${target?.vpcId ?? ""} has DNS support or DNS host names turned off.`,
    "EFS is mounted by name: turn both on.",
    [
      `aws ec2 modify-vpc-attribute --vpc-id ${target?.vpcId ?? "VPC"} --enable-dns-support`,
      `aws ec2 modify-vpc-attribute --vpc-id ${target?.vpcId ?? "VPC"} --enable-dns-hostnames`,
    ],
  );
}

async function openPorts(aws: Aws, { fileSystem }: Located, instances: readonly Instance[]): Promise<string> {
  for (const target of fileSystem.mountTargets) {
    const groups = await aws.securityGroups.byIds(await aws.fileSystems.groupsOf(target.id));
    const rules = groups.flatMap(({ rules: all }) => all).filter(({ port }) => port === NFS_PORT);
    const shut = instances.find(
      (instance) =>
        instance.availabilityZone === target.availabilityZone &&
        !rules.some((rule) => admits(rule, instance)),
    );
    if (shut !== undefined)
      throw broken(
        "port-2049-closed",
        `The mount target of ${target.availabilityZone} does not admit ${shut.id} on port ${NFS_PORT}.`,
        "Its security group must admit the instances' group.",
        ["bertops init"],
      );
  }
  return `mount targets admit the instances on port ${NFS_PORT}`;
}

/** A network is left to the mount itself to judge: only a group says for sure whom it admits. */
function admits({ source }: Rule, { securityGroupIds }: Instance): boolean {
  return !source.startsWith("sg-") || securityGroupIds.includes(source);
}

function broken(reason: string, message: string, hint: string, next: readonly string[]): UserError {
  return new UserError({ reason, message, hint, next, exitCode: EXIT.fault });
}
