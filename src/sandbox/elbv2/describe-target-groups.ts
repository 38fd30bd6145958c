import { vpcOf } from "../beanstalk/engine/network-of.ts";
import { numberOf, settingOf } from "../beanstalk/options/settings.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { type Balanced, balanced, page } from "./balanced.ts";
import { DESCRIBE_TARGET_GROUPS } from "./schema.ts";

interface Request {
  LoadBalancerArn?: string;
  TargetGroupArns?: string[];
  Names?: string[];
  Marker?: string;
  PageSize?: number;
}

const PROCESS = "aws:elasticbeanstalk:environment:process:default";

/** DescribeTargetGroups: one for each load-balanced environment. */
export const describeTargetGroups: Operation<Request, object> = {
  schema: DESCRIBE_TARGET_GROUPS,
  run(region, input) {
    const all = balanced(region).filter(
      ({ loadBalancer }) => input.LoadBalancerArn === undefined || loadBalancer.arn === input.LoadBalancerArn,
    );
    const asked = [...(input.TargetGroupArns ?? []), ...(input.Names ?? [])];
    for (const name of asked) {
      if (!all.some(({ targetGroup }) => targetGroup?.arn === name || targetGroup?.name === name)) {
        throw new ServiceError("TargetGroupNotFound", "One or more target groups not found");
      }
    }
    const found = all.filter(
      ({ targetGroup }) =>
        targetGroup &&
        (asked.length === 0 || asked.includes(targetGroup.arn) || asked.includes(targetGroup.name)),
    );
    const { items, next } = page(found, input);
    return { TargetGroups: items.map((one) => describe(region, one)), ...next };
  },
};

function describe(region: Region, { environment, loadBalancer, targetGroup }: Balanced): object {
  const { settings } = environment;
  const protocol = settingOf(settings, PROCESS, "Protocol") ?? "HTTP";
  return {
    TargetGroupArn: targetGroup?.arn,
    TargetGroupName: targetGroup?.name,
    Protocol: protocol,
    Port: numberOf(settings, PROCESS, "Port", 80),
    VpcId: vpcOf(region, settings),
    HealthCheckProtocol: protocol,
    HealthCheckPort: "traffic-port",
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: numberOf(settings, PROCESS, "HealthCheckInterval", 15),
    HealthCheckTimeoutSeconds: numberOf(settings, PROCESS, "HealthCheckTimeout", 5),
    HealthyThresholdCount: numberOf(settings, PROCESS, "HealthyThresholdCount", 3),
    UnhealthyThresholdCount: numberOf(settings, PROCESS, "UnhealthyThresholdCount", 5),
    HealthCheckPath: settingOf(settings, PROCESS, "HealthCheckPath") || "/",
    Matcher: { HttpCode: settingOf(settings, PROCESS, "MatcherHTTPCode") || "200" },
    LoadBalancerArns: [loadBalancer.arn],
    TargetType: "instance",
  };
}
