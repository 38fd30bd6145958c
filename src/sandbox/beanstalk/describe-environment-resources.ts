import {
  DescribeEnvironmentResources$,
  type DescribeEnvironmentResourcesMessage,
  type EnvironmentResourceDescriptionsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findEnvironment } from "./find.ts";

/** DescribeEnvironmentResources: an Application Load Balancer is named by its ARN, as AWS does. */
export const describeEnvironmentResources: Operation<
  DescribeEnvironmentResourcesMessage,
  EnvironmentResourceDescriptionsMessage
> = {
  schema: DescribeEnvironmentResources$,
  run(region, input) {
    const environment = findEnvironment(region.beanstalk, input);
    const { resources } = environment;
    const balancer = resources?.loadBalancer?.arn ?? resources?.classicLoadBalancer;
    return {
      EnvironmentResources: {
        EnvironmentName: environment.name,
        AutoScalingGroups: resources === undefined ? [] : [{ Name: resources.groupName }],
        Instances: [...environment.members.keys()].map((Id) => ({ Id })),
        LaunchConfigurations: [],
        LaunchTemplates: resources === undefined ? [] : [{ Id: resources.launchTemplateId }],
        LoadBalancers: balancer === undefined ? [] : [{ Name: balancer }],
        Triggers: [],
        Queues: [],
      },
    };
  },
};
