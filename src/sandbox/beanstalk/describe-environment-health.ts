import {
  DescribeEnvironmentHealth$,
  type DescribeEnvironmentHealthRequest,
  type DescribeEnvironmentHealthResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { applicationMetrics } from "./application-metrics.ts";
import { pickAttributes, requireEnhancedHealth } from "./enhanced-health.ts";
import type { HealthStatus } from "./environment.ts";
import { findEnvironment } from "./find.ts";
import { memberReports } from "./health/watch-health.ts";

/** DescribeEnvironmentHealth: enhanced reporting only. */
export const describeEnvironmentHealth: Operation<
  DescribeEnvironmentHealthRequest,
  DescribeEnvironmentHealthResult
> = {
  schema: DescribeEnvironmentHealth$,
  run(region, input) {
    const environment = findEnvironment(region.beanstalk, input);
    requireEnhancedHealth(environment);
    const reports = [...memberReports(environment).values()];
    const count = (status: HealthStatus): number => reports.filter((one) => one.status === status).length;
    return pickAttributes(
      {
        EnvironmentName: environment.name,
        HealthStatus: environment.report.status,
        Status: environment.report.health,
        Color: environment.report.health,
        Causes: environment.report.causes.map((cause) => cause.slice(0, 255)),
        ApplicationMetrics: applicationMetrics(environment.proxy?.log.metrics()),
        InstancesHealth: {
          NoData: count("NoData"),
          Unknown: count("Unknown"),
          Pending: count("Pending"),
          Ok: count("Ok"),
          Info: count("Info"),
          Warning: count("Warning"),
          Degraded: count("Degraded"),
          Severe: count("Severe"),
        },
        RefreshedAt: new Date(),
      },
      { wanted: input.AttributeNames, always: ["EnvironmentName"] },
    );
  },
};
