import { numberOf } from "../beanstalk/options/settings.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { balanced } from "./balanced.ts";
import { DESCRIBE_TARGET_HEALTH } from "./schema.ts";

interface Request {
  TargetGroupArn: string;
  Targets?: { Id: string }[];
}

/** What the load balancer says of a target that is not healthy. */
const REASONS: Readonly<Record<string, string>> = {
  initial: "Elb.InitialHealthChecking",
  unhealthy: "Target.FailedHealthChecks",
  draining: "Target.DeregistrationInProgress",
};

/** DescribeTargetHealth: what the last health checks of an environment's instances came to. */
export const describeTargetHealth: Operation<Request, object> = {
  schema: DESCRIBE_TARGET_HEALTH,
  run(region, input) {
    const found = balanced(region).find(({ targetGroup }) => targetGroup?.arn === input.TargetGroupArn);
    if (!found) throw new ServiceError("TargetGroupNotFound", "One or more target groups not found");
    const { settings, members } = found.environment;
    const port = numberOf(settings, "aws:elasticbeanstalk:environment:process:default", "Port", 80);
    const asked = [...members.values()].filter(
      (member) => input.Targets?.some((target) => target.Id === member.instanceId) ?? true,
    );
    return {
      TargetHealthDescriptions: asked.map((member) => ({
        Target: { Id: member.instanceId, Port: port },
        HealthCheckPort: String(port),
        TargetHealth: {
          State: member.target.state,
          Reason: REASONS[member.target.state],
          Description: member.target.state === "healthy" ? undefined : member.target.reason,
        },
      })),
    };
  },
};
