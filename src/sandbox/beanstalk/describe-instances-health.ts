import {
  DescribeInstancesHealth$,
  type DescribeInstancesHealthRequest,
  type DescribeInstancesHealthResult,
  type SingleInstanceHealth,
} from "@aws-sdk/client-elastic-beanstalk";
import { cpus, loadavg } from "node:os";
import type { Region } from "../region.ts";
import type { Operation } from "../wire/operation.ts";
import { applicationMetrics } from "./application-metrics.ts";
import { pickAttributes, requireEnhancedHealth } from "./enhanced-health.ts";
import type { HealthReport } from "./environment.ts";
import { findEnvironment } from "./find.ts";
import { memberReports } from "./health/watch-health.ts";
import type { Member } from "./member.ts";
import { pageOf } from "./page.ts";

function describe(region: Region, member: Member, report: HealthReport): SingleInstanceHealth {
  const { deployment } = member;
  return {
    InstanceId: member.instanceId,
    HealthStatus: report.status,
    Color: report.health,
    Causes: report.causes.map((cause) => cause.slice(0, 255)),
    LaunchedAt: member.launched,
    ApplicationMetrics: applicationMetrics(undefined),
    // Instances share this machine: its load is theirs.
    System: {
      LoadAverage: loadavg(),
      CPUUtilization: { User: Math.min(100, ((loadavg()[0] ?? 0) / cpus().length) * 100) },
    },
    Deployment:
      deployment === undefined
        ? undefined
        : {
            VersionLabel: deployment.versionLabel ?? "Sample Application",
            DeploymentId: deployment.id,
            Status: deployment.status,
            DeploymentTime: deployment.time,
          },
    AvailabilityZone: member.availabilityZone,
    InstanceType: region.ec2.instances.get(member.instanceId)?.instanceType,
  };
}

/** DescribeInstancesHealth: enhanced reporting only. */
export const describeInstancesHealth: Operation<
  DescribeInstancesHealthRequest,
  DescribeInstancesHealthResult
> = {
  schema: DescribeInstancesHealth$,
  run(region, input) {
    const environment = findEnvironment(region.beanstalk, input);
    requireEnhancedHealth(environment);
    const page = pageOf([...memberReports(environment)], undefined, input.NextToken);
    return {
      InstanceHealthList: page.items.map(([member, report]) =>
        pickAttributes(describe(region, member, report), {
          wanted: input.AttributeNames,
          always: ["InstanceId"],
        }),
      ),
      RefreshedAt: new Date(),
      NextToken: page.nextToken,
    };
  },
};
