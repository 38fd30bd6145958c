import {
  CreateApplicationCommand,
  CreateEnvironmentCommand,
  ElasticBeanstalkClient,
  ListPlatformVersionsCommand,
} from "@aws-sdk/client-elastic-beanstalk";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";
import { queryCall, texts } from "./query-call.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
  const iam = new IAMClient(sandbox.client);
  const trust = {
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const names = { RoleName: "web", InstanceProfileName: "web" };
  await iam.send(new CreateRoleCommand({ ...names, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new CreateInstanceProfileCommand(names));
  await iam.send(new AddRoleToInstanceProfileCommand(names));
  const beanstalk = new ElasticBeanstalkClient(sandbox.client);
  const platforms = await beanstalk.send(new ListPlatformVersionsCommand({}));
  await beanstalk.send(new CreateApplicationCommand({ ApplicationName: "demo" }));
  await beanstalk.send(
    new CreateEnvironmentCommand({
      ApplicationName: "demo",
      EnvironmentName: "demo-env",
      PlatformArn: platforms.PlatformSummaryList![0]!.PlatformArn,
      OptionSettings: [
        {
          Namespace: "aws:elasticbeanstalk:environment",
          OptionName: "LoadBalancerType",
          Value: "application",
        },
        { Namespace: "aws:autoscaling:launchconfiguration", OptionName: "IamInstanceProfile", Value: "web" },
        { Namespace: "aws:autoscaling:asg", OptionName: "MaxSize", Value: "3" },
      ],
    }),
  );
});
afterAll(() => sandbox.close());

const autoscaling = (Action: string, more: Record<string, string> = {}) =>
  queryCall(sandbox, "autoscaling", { Action, Version: "2011-01-01", ...more });
const elb = (Action: string, more: Record<string, string> = {}) =>
  queryCall(sandbox, "elasticloadbalancing", { Action, Version: "2015-12-01", ...more });

test("an environment's group, its instances and what happened to them", async () => {
  const groups = await eventually(async () => {
    const answer = await autoscaling("DescribeAutoScalingGroups");
    return texts(answer, "InstanceId").length > 0 && answer;
  });
  const [name] = texts(groups, "AutoScalingGroupName");
  expect(name).toMatch(/^awseb-/);
  expect([texts(groups, "MinSize"), texts(groups, "MaxSize")]).toEqual([["1"], ["3"]]);
  const [InstanceId] = texts(groups, "InstanceId");
  const instances = await autoscaling("DescribeAutoScalingInstances", {
    "InstanceIds.member.1": InstanceId!,
  });
  expect(texts(instances, "AutoScalingGroupName")).toEqual([name]);
  const activities = await autoscaling("DescribeScalingActivities", { AutoScalingGroupName: name! });
  expect(texts(activities, "Description")).toContain(`Launching a new EC2 instance: ${InstanceId}`);
  const none = await autoscaling("DescribeAutoScalingGroups", { "AutoScalingGroupNames.member.1": "other" });
  expect(texts(none, "AutoScalingGroupName")).toEqual([]);
  const unknown = await autoscaling("DescribeScalingActivities", { AutoScalingGroupName: "other" });
  expect(texts(unknown, "Code")).toEqual(["ValidationError"]);
});

test("its load balancer, target group and targets", async () => {
  const balancers = await eventually(async () => {
    const answer = await elb("DescribeLoadBalancers");
    return texts(answer, "LoadBalancerArn").length > 0 && answer;
  });
  const [LoadBalancerArn] = texts(balancers, "LoadBalancerArn");
  expect(texts(balancers, "Type")).toEqual(["application"]);
  const groups = await elb("DescribeTargetGroups", { LoadBalancerArn: LoadBalancerArn! });
  expect([texts(groups, "HealthCheckPath"), texts(groups, "HttpCode")]).toEqual([["/"], ["200"]]);
  const [TargetGroupArn] = texts(groups, "TargetGroupArn");
  const health = await elb("DescribeTargetHealth", { TargetGroupArn: TargetGroupArn! });
  expect(health.name).toBe("DescribeTargetHealthResponse");
  const absent = await elb("DescribeLoadBalancers", { "Names.member.1": "other" });
  expect(texts(absent, "Code")).toEqual(["LoadBalancerNotFound"]);
  const missing = await elb("DescribeTargetHealth");
  expect(texts(missing, "Code")).toEqual(["ValidationError"]);
  const classic = await elb("DescribeLoadBalancers", { Version: "2012-06-01" });
  expect(texts(classic, "Message")).toEqual([
    "The sandbox does not emulate DescribeLoadBalancers of version 2012-06-01.",
  ]);
});
