import { subnetsOf, vpcOf } from "../beanstalk/engine/network-of.ts";
import { listOf, settingOf } from "../beanstalk/options/settings.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { type Balanced, balanced, page } from "./balanced.ts";
import { DESCRIBE_LOAD_BALANCERS } from "./schema.ts";

interface Request {
  LoadBalancerArns?: string[];
  Names?: string[];
  Marker?: string;
  PageSize?: number;
}

/** DescribeLoadBalancers: those of Beanstalk's environments. */
export const describeLoadBalancers: Operation<Request, object> = {
  schema: DESCRIBE_LOAD_BALANCERS,
  run(region, input) {
    const all = balanced(region);
    const asked = [...(input.LoadBalancerArns ?? []), ...(input.Names ?? [])];
    for (const name of asked) {
      if (!all.some(({ loadBalancer }) => loadBalancer.arn === name || loadBalancer.name === name)) {
        throw new ServiceError("LoadBalancerNotFound", `Load balancers '[${name}]' not found`);
      }
    }
    const found = all.filter(
      ({ loadBalancer }) =>
        asked.length === 0 || asked.includes(loadBalancer.arn) || asked.includes(loadBalancer.name),
    );
    const { items, next } = page(found, input);
    return { LoadBalancers: items.map((one) => describe(region, one)), ...next };
  },
};

function describe(region: Region, { environment, loadBalancer }: Balanced): object {
  const { settings, resources } = environment;
  const named = listOf(settings, "aws:ec2:vpc", "ELBSubnets");
  const subnets = [...region.ec2.subnets.values()].filter((subnet) => named.includes(subnet.subnetId));
  const internal = settingOf(settings, "aws:ec2:vpc", "ELBScheme") === "internal";
  return {
    LoadBalancerArn: loadBalancer.arn,
    LoadBalancerName: loadBalancer.name,
    // A sandbox can't add names to the resolver: this is where the environment answers.
    DNSName: environment.cname,
    CreatedTime: environment.created,
    Scheme: internal ? "internal" : "internet-facing",
    VpcId: vpcOf(region, settings),
    State: { Code: environment.proxy ? "active" : "provisioning" },
    Type: loadBalancer.arn.includes("/net/") ? "network" : "application",
    AvailabilityZones: (subnets.length > 0 ? subnets : subnetsOf(region, settings)).map((subnet) => ({
      ZoneName: subnet.availabilityZone,
      SubnetId: subnet.subnetId,
    })),
    SecurityGroups: resources?.loadBalancerSecurityGroups ?? [],
    IpAddressType: "ipv4",
  };
}
