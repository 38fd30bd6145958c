import { randomName } from "../random-name.ts";
import type { Region } from "../../region.ts";
import { resourceId } from "../../identifiers.ts";
import type { EnvironmentResources, NamedResource } from "../environment.ts";
import { frontOf } from "../options/effective.ts";
import type { Settings } from "../options/settings.ts";

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX = "0123456789abcdef";

function balancerArn(region: Region, kind: string): string {
  return `arn:aws:elasticloadbalancing:${region.name}:${region.accountId}:${kind}`;
}

function loadBalancer(region: Region, front: "application" | "network"): NamedResource {
  const name = `awseb--AWSEB-${randomName(12)}`;
  const kind = front === "application" ? "app" : "net";
  return { name, arn: balancerArn(region, `loadbalancer/${kind}/${name}/${randomName(16, HEX)}`) };
}

function targetGroup(region: Region): NamedResource {
  const name = `awseb-AWSEB-${randomName(12, CAPITALS)}`;
  return { name, arn: balancerArn(region, `targetgroup/${name}/${randomName(16, HEX)}`) };
}

/** The resources that an environment of these settings will own, named as Beanstalk's stacks name theirs. */
export function planResources(
  region: Region,
  environmentId: string,
  settings: Settings,
): EnvironmentResources {
  const front = frontOf(settings);
  const stackName = `awseb-${environmentId}-stack`;
  const balanced = front === "application" || front === "network";
  return {
    stackName,
    groupName: `${stackName}-AWSEBAutoScalingGroup-${randomName(12, CAPITALS)}`,
    launchTemplateId: resourceId("lt"),
    loadBalancer: balanced ? loadBalancer(region, front) : undefined,
    targetGroup: balanced ? targetGroup(region) : undefined,
    classicLoadBalancer:
      front === "classic" ? `awseb-e-${randomName(1)}-AWSEBLoa-${randomName(12, CAPITALS)}` : undefined,
    ownSecurityGroups: [],
    instanceSecurityGroup: undefined,
    loadBalancerSecurityGroups: [],
    elasticIp: undefined,
  };
}
