import { addSecurityGroup, newRule, type RuleSource } from "../../ec2/security-group.ts";
import type { Region } from "../../region.ts";
import type { Environment, EnvironmentResources } from "../environment.ts";
import { frontOf } from "../options/effective.ts";
import { isOn, listOf, settingOf } from "../options/settings.ts";
import { randomName } from "../random-name.ts";
import { tell } from "../record-event.ts";
import { ensureStorageBucket } from "../storage-bucket.ts";
import { vpcOf } from "./network-of.ts";
import { planResources } from "./resource-plan.ts";

const LAUNCH = "aws:autoscaling:launchconfiguration";
const WORLD: RuleSource = { kind: "ipv4", cidr: "0.0.0.0/0" };

function makeGroup(
  region: Region,
  environment: Environment,
  wanted: { readonly resources: EnvironmentResources; readonly purpose: string; readonly from: RuleSource },
): string {
  const suffix = randomName(12, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  const groupName = `${wanted.resources.stackName}-${wanted.purpose}-${suffix}`;
  const group = addSecurityGroup(region.ec2, {
    groupName,
    description:
      wanted.purpose === "AWSEBSecurityGroup" ? "VPC Security Group" : "Load Balancer Security Group",
    vpcId: vpcOf(region, environment.settings),
    tags: new Map([
      ["elasticbeanstalk:environment-id", environment.id],
      ["elasticbeanstalk:environment-name", environment.name],
      ["Name", environment.name],
    ]),
  });
  group.rules.unshift(
    newRule({ egress: false, protocol: "tcp", fromPort: 80, toPort: 80, source: wanted.from }),
  );
  wanted.resources.ownSecurityGroups.unshift(group.groupId);
  tell(region, environment, `Created security group named: ${group.groupId}`);
  return group.groupId;
}

/** `tcp,22,22,203.0.113.7/32` as a rule of the group that Beanstalk makes; it acts only where a key pair is set. */
function admitSsh(region: Region, environment: Environment, groupId: string): void {
  const restriction = settingOf(environment.settings, LAUNCH, "SSHSourceRestriction") ?? "";
  const [protocol = "tcp", from = "22", to = "22", source = ""] = restriction
    .split(",")
    .map((part) => part.trim());
  if (source === "" || (settingOf(environment.settings, LAUNCH, "EC2KeyName") ?? "") === "") {
    return;
  }
  const rule = newRule({
    egress: false,
    protocol,
    fromPort: Number(from),
    toPort: Number(to),
    source: source.startsWith("sg-") ? { kind: "group", groupId: source } : { kind: "ipv4", cidr: source },
  });
  region.ec2.securityGroups.get(groupId)?.rules.unshift(rule);
}

function makeBalancerGroups(region: Region, environment: Environment, resources: EnvironmentResources): void {
  const front = frontOf(environment.settings);
  if (front === "single" || front === "network") {
    return;
  }
  const namespace = front === "application" ? "aws:elbv2:loadbalancer" : "aws:elb:loadbalancer";
  const given = listOf(environment.settings, namespace, "SecurityGroups");
  resources.loadBalancerSecurityGroups =
    given.length > 0
      ? given
      : [
          makeGroup(region, environment, {
            resources,
            purpose: "AWSEBLoadBalancerSecurityGroup",
            from: WORLD,
          }),
        ];
}

function makeInstanceGroup(region: Region, environment: Environment, resources: EnvironmentResources): void {
  if (isOn(environment.settings, LAUNCH, "DisableDefaultEC2SecurityGroup")) {
    return;
  }
  const balancer = resources.loadBalancerSecurityGroups[0];
  const from: RuleSource = balancer === undefined ? WORLD : { kind: "group", groupId: balancer };
  const groupId = makeGroup(region, environment, { resources, purpose: "AWSEBSecurityGroup", from });
  resources.instanceSecurityGroup = groupId;
  admitSsh(region, environment, groupId);
}

/** Makes what an environment needs before its first instance: bucket, security groups, load balancer, group. */
export async function createResources(region: Region, environment: Environment): Promise<void> {
  const bucket = await ensureStorageBucket(region);
  tell(region, environment, `Using ${bucket} as Amazon S3 storage bucket for environment data.`);
  const resources = planResources(region, environment.id, environment.settings);
  environment.resources = resources;
  makeBalancerGroups(region, environment, resources);
  makeInstanceGroup(region, environment, resources);
  if (resources.targetGroup !== undefined) {
    tell(region, environment, `Created target group named: ${resources.targetGroup.arn}`);
  }
  const balancer = resources.loadBalancer?.arn ?? resources.classicLoadBalancer;
  if (balancer !== undefined) {
    tell(region, environment, `Created load balancer named: ${balancer}`);
  }
  tell(region, environment, `Created Auto Scaling group named: ${resources.groupName}`);
}
