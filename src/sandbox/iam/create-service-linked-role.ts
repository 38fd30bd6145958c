import {
  CreateServiceLinkedRole$,
  type CreateServiceLinkedRoleRequest,
  type CreateServiceLinkedRoleResponse,
} from "@aws-sdk/client-iam";
import { uniqueId } from "../identifiers.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeRole } from "./describe.ts";
import type { Role } from "./state.ts";

/** Service -> the role that it has, and the policy of that role. */
const LINKED: Readonly<Record<string, readonly [string, string]>> = {
  "elasticbeanstalk.amazonaws.com": [
    "AWSServiceRoleForElasticBeanstalk",
    "AWSElasticBeanstalkServiceRolePolicy",
  ],
  "maintenance.elasticbeanstalk.amazonaws.com": [
    "AWSServiceRoleForElasticBeanstalkMaintenance",
    "AWSElasticBeanstalkMaintenance",
  ],
  "managedupdates.elasticbeanstalk.amazonaws.com": [
    "AWSServiceRoleForElasticBeanstalkManagedUpdates",
    "AWSElasticBeanstalkManagedUpdatesServiceRolePolicy",
  ],
  "elasticfilesystem.amazonaws.com": [
    "AWSServiceRoleForAmazonElasticFileSystem",
    "AmazonElasticFileSystemServiceRolePolicy",
  ],
  "autoscaling.amazonaws.com": ["AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy"],
  "elasticloadbalancing.amazonaws.com": [
    "AWSServiceRoleForElasticLoadBalancing",
    "AWSElasticLoadBalancingServiceRolePolicy",
  ],
};

/** CreateServiceLinkedRole: for the services that bertops uses. */
export const createServiceLinkedRole: Operation<
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse
> = {
  schema: CreateServiceLinkedRole$,
  run({ iam, accountId }, input) {
    const service = input.AWSServiceName!;
    const linked = LINKED[service];
    if (!linked) throw new ServiceError("InvalidInput", `Service role: ${service} is not supported.`);
    const [name, policy] = linked;
    if (iam.roles.has(name)) {
      throw new ServiceError(
        "InvalidInput",
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    }
    const path = `/aws-service-role/${service}/`;
    const role: Role = {
      name,
      roleId: uniqueId("AROA"),
      arn: `arn:aws:iam::${accountId}:role${path}${name}`,
      path,
      createdAt: new Date(),
      description: input.Description,
      maxSessionDuration: 3600,
      trustPolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      }),
      attachedPolicies: new Set([`arn:aws:iam::aws:policy/aws-service-role/${policy}`]),
      inlinePolicies: new Map(),
      tags: new Map(),
    };
    iam.roles.set(name, role);
    return { Role: describeRole(role) };
  },
};
