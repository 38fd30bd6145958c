import type { Config } from "../../src/config/config.ts";
import type { Ground } from "../../src/plan/ground.ts";
import { NOTHING, type Observed } from "../../src/plan/observed.ts";
import { settingsFor } from "../../src/plan/settings.ts";
import { type GroupPart, want, type Wanted } from "../../src/plan/wanted.ts";

/** Settings as a bertops.yaml that states only a name gives them. */
export const CONFIG: Config = {
  directory: "/work/demo",
  name: "demo",
  environmentName: "demo",
  service: {
    directory: "/work/demo/app",
    platform: "Node.js 24 running on 64bit Amazon Linux 2023",
    instanceType: "t3.small",
    instances: { min: 1, max: 1 },
    volumeSize: 16,
    environment: {},
  },
  fileSystem: { mountPoint: "/efs", throughput: "elastic", backup: false },
  model: { name: "bert", pooling: "cls", precision: "fp32" },
  ssh: { user: "ec2-user", port: 22, admit: "caller" },
  network: {},
  tags: {},
};

/** A region with two zones, and a caller whose address is known. */
export const GROUND: Ground = {
  region: "us-east-1",
  identity: { accountId: "123456789012", arn: "arn:aws:iam::123456789012:user/anna", partition: "aws" },
  vpcId: "vpc-1",
  subnets: ["a", "b"].map((zone) => ({
    id: `subnet-${zone}`,
    vpcId: "vpc-1",
    zone: `us-east-1${zone}`,
    public: true,
    defaultForZone: true,
  })),
  platform: {
    arn: "arn:aws:elasticbeanstalk:us-east-1::platform/Node.js 24 running on 64bit Amazon Linux 2023/6.11.7",
    branch: "Node.js 24 running on 64bit Amazon Linux 2023",
    version: "6.11.7",
    operatingSystem: "Amazon Linux",
  },
  architecture: "x86_64",
  callerAddress: "203.0.113.7",
};

/** What is wanted for these settings. */
export function wantedFor(config: Config = CONFIG, ground: Ground = GROUND, label = "app-1"): Wanted {
  return want(config, ground, { label, description: "3 files", bundled: true });
}

/** The world after everything wanted was made. */
export function madeOf(wanted: Wanted): Observed {
  const { owner, tags, roles, version, ground } = wanted;
  const groupIds = new Map(wanted.groups.map(({ part }) => [part, `sg-${part}`] as const));
  const ids = { groups: groupIds, fileSystem: "fs-1" };
  return {
    ...NOTHING,
    bucket: true,
    bundle: true,
    serviceRole: {
      name: roles.service.name,
      arn: roles.service.arn,
      tags,
      policies: roles.service.policies,
      inline: {},
    },
    instanceRole: {
      name: roles.instance.name,
      arn: roles.instance.arn,
      tags,
      policies: roles.instance.policies,
      inline: roles.instance.inline,
    },
    instanceProfile: { name: roles.instance.name, arn: "", tags, roles: [roles.instance.name] },
    groups: new Map(
      wanted.groups.map((group) => [
        group.part,
        {
          id: `sg-${group.part}`,
          name: group.name,
          vpcId: ground.vpcId,
          tags,
          rules: group.rules.map(({ port, source, description }) => ({
            port,
            description,
            source: "network" in source ? source.network : idOf(groupIds, source.group),
          })),
        },
      ]),
    ),
    fileSystem: {
      id: "fs-1",
      arn: "",
      state: "available",
      creationToken: wanted.creationToken,
      encrypted: true,
      throughput: wanted.config.fileSystem.throughput,
      bytes: 6144,
      tags,
      backup: wanted.config.fileSystem.backup,
    },
    mountTargets: wanted.mountSubnets.map(({ id, zone }) => ({
      id: `fsmt-${zone}`,
      fileSystemId: "fs-1",
      availabilityZone: zone,
      ip: "172.31.0.10",
      subnetId: id,
      vpcId: ground.vpcId,
      state: "available",
      groupIds: ["sg-file-system"],
    })),
    application: { name: owner.application, arn: "", tags: { "bertops:application": owner.application } },
    version: {
      label: version.label,
      status: "PROCESSED",
      description: "",
      bucket: wanted.bucket,
      key: version.key,
      createdAt: undefined,
    },
    environment: {
      id: "e-1",
      name: owner.environment,
      application: owner.application,
      arn: "",
      status: "Ready",
      health: "Green",
      healthStatus: "Ok",
      url: "http://demo.example.com",
      versionLabel: version.label,
      platformArn: ground.platform.arn,
      stackName: undefined,
      updatedAt: undefined,
      tags,
      settings: settingsFor(wanted, ids),
      deploymentFailed: false,
    },
  };
}

function idOf(ids: ReadonlyMap<GroupPart, string>, part: GroupPart): string {
  return ids.get(part) ?? "";
}
