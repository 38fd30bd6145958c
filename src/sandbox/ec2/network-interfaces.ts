import { createHash } from "node:crypto";
import { sweep } from "../efs/life-cycle.ts";
import type { Region } from "../region.ts";
import { publicAddress } from "./public-address.ts";

/** A network interface. None is stored: each follows from the thing that it belongs to. */
export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly privateIp: string | undefined;
  readonly publicIp: string | undefined;
  readonly description: string;
  readonly securityGroupIds: readonly string[];
  readonly instanceId: string | undefined;
  /** Interfaces of EFS and load balancers are managed by their services. */
  readonly requester: string | undefined;
  readonly interfaceType: string;
  readonly tags: ReadonlyMap<string, string>;
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

/** The network interfaces of instances, mount targets, load balancers and Instance Connect endpoints. */
export function networkInterfaces(region: Region): NetworkInterface[] {
  return [
    ...ofInstances(region),
    ...ofMountTargets(region),
    ...ofLoadBalancers(region),
    ...ofEndpoints(region),
  ];
}

function ofInstances({ ec2 }: Region): NetworkInterface[] {
  return [...ec2.instances.values()]
    .filter((instance) => instance.state !== "terminated")
    .map((instance) => ({
      ...instance,
      publicIp: publicAddress(instance),
      description: "",
      requester: undefined,
      interfaceType: "interface",
      tags: ec2.partTags.get(instance.networkInterfaceId) ?? NO_TAGS,
    }));
}

function ofMountTargets({ efs }: Region): NetworkInterface[] {
  sweep(efs);
  return [...efs.mountTargets.values()].map((target) => ({
    ...target,
    privateIp: target.ipAddress,
    publicIp: undefined,
    description: `EFS mount target for ${target.fileSystemId} (${target.mountTargetId})`,
    instanceId: undefined,
    requester: "amazon-elasticfilesystem",
    interfaceType: "efs",
    tags: NO_TAGS,
  }));
}

function ofLoadBalancers({ beanstalk, ec2 }: Region): NetworkInterface[] {
  return [...beanstalk.environments.values()].flatMap((environment) => {
    const { resources } = environment;
    const name = resources?.loadBalancer?.arn ?? resources?.classicLoadBalancer;
    if (!resources || name === undefined || environment.terminated !== undefined) return [];
    return [...ec2.subnets.values()].map((subnet) => ({
      networkInterfaceId: `eni-0${createHash("sha256").update(`${name} ${subnet.subnetId}`).digest("hex").slice(0, 16)}`,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      privateIp: undefined,
      publicIp: undefined,
      description: `ELB ${name.split(":loadbalancer/").at(-1)}`,
      securityGroupIds: resources.loadBalancerSecurityGroups,
      instanceId: undefined,
      requester: "amazon-elb",
      interfaceType: "interface",
      tags: NO_TAGS,
    }));
  });
}

function ofEndpoints({ ec2 }: Region): NetworkInterface[] {
  return [...ec2.connectEndpoints.values()]
    .filter((endpoint) => endpoint.deletedAt === undefined || endpoint.deletedAt > Date.now())
    .map((endpoint) => ({
      ...endpoint,
      publicIp: undefined,
      description: `EC2 Instance Connect Endpoint - ${endpoint.endpointId}`,
      instanceId: undefined,
      requester: "amazon-aws",
      interfaceType: "ec2_instance_connect_endpoint",
      tags: NO_TAGS,
    }));
}
