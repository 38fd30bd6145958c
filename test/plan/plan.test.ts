import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { describePlan, planJson } from "../../src/plan/describe.ts";
import { NOTHING, type Observed, type ObservedEnvironment } from "../../src/plan/observed.ts";
import { makePlan, type Plan, stepsOf } from "../../src/plan/plan.ts";
import { settingsFor } from "../../src/plan/settings.ts";
import { chooseSubnets } from "../../src/plan/subnets.ts";
import { CONFIG, GROUND, madeOf, wantedFor } from "./world.ts";

const BALANCED: Config = {
  ...CONFIG,
  service: { ...CONFIG.service, instances: { min: 2, max: 4 } },
};

function told(plan: Plan): string[] {
  return stepsOf(plan).map(
    ({ action, resource, name, detail }) => `${action} ${resource} ${name}: ${detail}`,
  );
}

function environmentOf(observed: Observed): ObservedEnvironment {
  if (observed.environment === undefined) throw new Error("no environment");
  return observed.environment;
}

function withEnvironment(observed: Observed, change: Partial<ObservedEnvironment>): Observed {
  return { ...observed, environment: { ...environmentOf(observed), ...change } };
}

describe("from nothing", () => {
  test("a single instance", () => {
    expect(told(makePlan(wantedFor(), NOTHING))).toEqual([
      "create role demo-us-east-1-service: for elasticbeanstalk, with AWSElasticBeanstalkEnhancedHealth, AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
      "create role demo-us-east-1-instance: for ec2, with AWSElasticBeanstalkWebTier",
      "create instance profile demo-us-east-1-instance: with the role demo-us-east-1-instance",
      "create security group bertops-demo-instance: 80 from 0.0.0.0/0; 22 from 203.0.113.7/32",
      "create security group bertops-demo-efs: 2049 from bertops-demo-instance",
      "create file system bertops-demo: encrypted, elastic throughput, no backups",
      "create mount target us-east-1a: in subnet-a",
      "create mount target us-east-1b: in subnet-b",
      "wait mount target all: until every one is available",
      "create bucket elasticbeanstalk-us-east-1-123456789012: where Elastic Beanstalk keeps bundles in this region",
      "create application demo: holds the versions of the service",
      "create bundle bertops/demo/app-1.zip: 3 files",
      "create application version app-1: of that bundle",
      "create environment demo: Node.js 24 running on 64bit Amazon Linux 2023 6.11.7, 1 x t3.small, single instance, version app-1",
    ]);
  });

  test("behind a load balancer, port 80 of the instances is open to it alone", () => {
    const groups = told(makePlan(wantedFor(BALANCED), NOTHING)).filter((step) =>
      step.includes("security group"),
    );
    expect(groups).toEqual([
      "create security group bertops-demo-balancer: 80 from 0.0.0.0/0",
      "create security group bertops-demo-instance: 80 from bertops-demo-balancer; 22 from 203.0.113.7/32",
      "create security group bertops-demo-efs: 2049 from bertops-demo-instance",
    ]);
  });

  test("the settings of a single instance, all of them texts", () => {
    const settings = settingsFor(wantedFor(), {
      groups: new Map([["instance", "sg-1"]]),
      fileSystem: "fs-1",
    });
    expect(
      Object.fromEntries(settings.map(({ namespace, option, value }) => [`${namespace} ${option}`, value])),
    ).toEqual({
      "aws:elasticbeanstalk:environment EnvironmentType": "SingleInstance",
      "aws:elasticbeanstalk:environment LoadBalancerType": "application",
      "aws:elasticbeanstalk:environment ServiceRole":
        "arn:aws:iam::123456789012:role/bertops/demo-us-east-1-service",
      "aws:autoscaling:launchconfiguration IamInstanceProfile": "demo-us-east-1-instance",
      "aws:autoscaling:launchconfiguration DisableIMDSv1": "true",
      "aws:autoscaling:launchconfiguration RootVolumeType": "gp3",
      "aws:autoscaling:launchconfiguration RootVolumeSize": "16",
      "aws:autoscaling:launchconfiguration SecurityGroups": "sg-1",
      "aws:autoscaling:launchconfiguration DisableDefaultEC2SecurityGroup": "true",
      "aws:autoscaling:launchconfiguration LaunchTemplateTagPropagationEnabled": "true",
      "aws:ec2:instances InstanceTypes": "t3.small",
      "aws:ec2:instances SupportedArchitectures": "x86_64",
      "aws:ec2:vpc VPCId": "vpc-1",
      "aws:ec2:vpc Subnets": "subnet-a,subnet-b",
      "aws:ec2:vpc AssociatePublicIpAddress": "true",
      "aws:autoscaling:asg MinSize": "1",
      "aws:autoscaling:asg MaxSize": "1",
      "aws:elasticbeanstalk:command DeploymentPolicy": "AllAtOnce",
      "aws:elasticbeanstalk:command Timeout": "1200",
      "aws:elasticbeanstalk:healthreporting:system SystemType": "enhanced",
      "aws:elasticbeanstalk:application Application Healthcheck URL": "/healthz",
      "aws:elasticbeanstalk:application:environment PORT": "8080",
      "aws:elasticbeanstalk:application:environment MODEL_ROOT": "/efs/models",
      "aws:elasticbeanstalk:application:environment MODEL_NAME": "bert",
      "aws:elasticbeanstalk:application:environment BERTOPS_FILE_SYSTEM": "fs-1",
      "aws:elasticbeanstalk:application:environment BERTOPS_MOUNT_POINT": "/efs",
    });
  });

  test("role names of the longest environment and region have the 64 characters that IAM allows", () => {
    const config = { ...CONFIG, environmentName: "e".repeat(40) };
    const { roles } = wantedFor(config, { ...GROUND, region: "ap-southeast-1" });
    expect([roles.instance.name.length, roles.service.name.length]).toEqual([64, 63]);
  });
});

describe("again", () => {
  test.each([
    ["single", CONFIG],
    ["balanced", BALANCED],
  ])("nothing changes: %s", (_, config) => {
    const wanted = wantedFor(config);
    const plan = makePlan(wanted, madeOf(wanted));
    expect(told(plan)).toEqual([]);
    expect(describePlan(plan)[0]).toMatch(/^Nothing to change/u);
  });

  test("what AWS sets by itself, reorders or writes otherwise is no difference", () => {
    const wanted = wantedFor();
    const observed = madeOf(wanted);
    const settings = environmentOf(observed)
      .settings.map((setting) =>
        setting.option === "Subnets" ? { ...setting, value: "subnet-b, subnet-a" } : setting,
      )
      .filter(({ option }) => option !== "LaunchTemplateTagPropagationEnabled");
    const further = { namespace: "aws:cloudformation:template:parameter", option: "X", value: "y" };
    expect(told(makePlan(wanted, withEnvironment(observed, { settings: [...settings, further] })))).toEqual(
      [],
    );
  });

  test("an interrupted run continues where it stopped", () => {
    const wanted = wantedFor();
    const made = madeOf(wanted);
    const half: Observed = {
      ...made,
      environment: undefined,
      version: undefined,
      instanceProfile: undefined,
      mountTargets: made.mountTargets
        .slice(0, 1)
        .map((target) => ({ ...target, state: "creating", groupIds: [] })),
    };
    expect(told(makePlan(wanted, half)).map((step) => step.split(":")[0])).toEqual([
      "create instance profile demo-us-east-1-instance",
      "create mount target us-east-1b",
      "wait mount target all",
      "create application version app-1",
      "create environment demo",
    ]);
  });

  test("an environment that is being made is awaited; one that is going is not waited for", () => {
    const wanted = wantedFor();
    const made = madeOf(wanted);
    expect(told(makePlan(wanted, withEnvironment(made, { status: "Launching" })))).toEqual([
      "wait environment demo: it is launching",
    ]);
    expect(() => makePlan(wanted, withEnvironment(made, { status: "Terminating" }))).toThrow(
      expect.objectContaining({ reason: "environment-terminating", exitCode: 5 }),
    );
  });
});

describe("what differs", () => {
  test("a new bundle, a new property, a property taken out", () => {
    const before = wantedFor({
      ...CONFIG,
      service: { ...CONFIG.service, environment: { LOG: "info", OLD: "1" } },
    });
    const after = wantedFor(
      { ...CONFIG, service: { ...CONFIG.service, environment: { LOG: "debug", NEW: "1" } } },
      GROUND,
      "app-2",
    );
    const observed = { ...madeOf(before), version: undefined, bundle: false };
    expect(told(makePlan(after, observed))).toEqual([
      "create bundle bertops/demo/app-2.zip: 3 files",
      "create application version app-2: of that bundle",
      "update environment demo: version app-1 -> app-2; property LOG changes; property NEW is new; property BERTOPS_PROPERTIES changes; OLD is removed",
    ]);
  });

  test("a secret for the token: instances may read it and nothing else, and are told which it is", () => {
    const tokenSecret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bert/token-AbCdEf";
    const before = wantedFor();
    const after = wantedFor({ ...CONFIG, service: { ...CONFIG.service, tokenSecret } });
    expect(told(makePlan(after, madeOf(before)))).toEqual([
      "update role demo-us-east-1-instance: write bertops-token",
      "update environment demo: property BERTOPS_TOKEN_SECRET is new; property BERTOPS_PROPERTIES is new",
    ]);
    expect(JSON.parse(after.roles.instance.inline["bertops-token"] ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: tokenSecret }],
    });
    expect(told(makePlan(after, madeOf(after)))).toEqual([]);
    expect(told(makePlan(before, madeOf(after)))).toEqual([
      "update role demo-us-east-1-instance: remove bertops-token",
      expect.stringContaining("BERTOPS_TOKEN_SECRET is removed"),
    ]);
  });

  test("from one instance to several: a load balancer and its group", () => {
    expect(told(makePlan(wantedFor(BALANCED), madeOf(wantedFor())))).toEqual([
      "create security group bertops-demo-balancer: 80 from 0.0.0.0/0",
      "update security group bertops-demo-instance: admit 80 from bertops-demo-balancer; close 80 for 0.0.0.0/0",
      expect.stringContaining("update environment demo: EnvironmentType SingleInstance -> LoadBalanced"),
    ]);
  });

  test("the caller's address has changed: their own rule moves, a colleague's stays", () => {
    const wanted = wantedFor(CONFIG, { ...GROUND, callerAddress: "198.51.100.9" });
    const made = madeOf(wantedFor());
    const group = made.groups.get("instance");
    if (group === undefined) throw new Error("no group");
    const colleague = {
      port: 22,
      source: "192.0.2.1/32",
      description: "bertops: SSH for arn:aws:iam::123456789012:user/ben",
    };
    const foreign = { port: 22, source: "192.0.2.2/32", description: "office" };
    const groups = new Map(made.groups).set("instance", {
      ...group,
      rules: [...group.rules, colleague, foreign],
    });
    expect(told(makePlan(wanted, { ...made, groups }))).toEqual([
      "update security group bertops-demo-instance: admit 22 from 198.51.100.9/32; close 22 for 203.0.113.7/32",
    ]);
    const closed = wantedFor({ ...CONFIG, ssh: { ...CONFIG.ssh, admit: "none" } });
    expect(told(makePlan(closed, { ...made, groups }))).toEqual([
      "update security group bertops-demo-instance: close 22 for 203.0.113.7/32; close 22 for 192.0.2.1/32",
    ]);
    const unknown = wantedFor(CONFIG, { ...GROUND, callerAddress: undefined });
    expect(told(makePlan(unknown, { ...made, groups }))).toEqual([]);
  });

  test("a deployment that failed is made again, a failed version too", () => {
    const wanted = wantedFor();
    const made = madeOf(wanted);
    expect(told(makePlan(wanted, withEnvironment(made, { deploymentFailed: true })))).toEqual([
      "update environment demo: deploy app-1 again: its last deployment failed",
    ]);
    const version = made.version === undefined ? undefined : { ...made.version, status: "FAILED" };
    expect(told(makePlan(wanted, { ...made, version }))).toEqual([
      "update application version app-1: its processing had failed: make it again",
    ]);
  });

  test("the file system's throughput and backups", () => {
    const wanted = wantedFor({
      ...CONFIG,
      fileSystem: { ...CONFIG.fileSystem, throughput: "bursting", backup: true },
    });
    expect(told(makePlan(wanted, madeOf(wantedFor())))).toEqual([
      "update file system fs-1: throughput elastic -> bursting, backups off -> on",
    ]);
  });

  test("another platform branch, but not another version of the same", () => {
    const wanted = wantedFor();
    const newer = GROUND.platform.arn.replace("6.11.7", "6.10.0");
    expect(told(makePlan(wanted, withEnvironment(madeOf(wanted), { platformArn: newer })))).toEqual([]);
    const older = GROUND.platform.arn.replace("Node.js 24", "Node.js 22");
    expect(
      told(makePlan(wanted, withEnvironment(madeOf(wanted), { platformArn: older, stackName: "old" }))),
    ).toEqual([
      "update environment demo: platform old -> Node.js 24 running on 64bit Amazon Linux 2023 6.11.7",
    ]);
  });
});

describe("what is refused", () => {
  test.each([
    ["environment demo", (made: Observed) => withEnvironment(made, { tags: {} })],
    [
      "role demo-us-east-1-service",
      (made: Observed) => ({ ...made, serviceRole: { ...made.serviceRole!, tags: {} } }),
    ],
    [
      "file system fs-1",
      (made: Observed) => ({ ...made, fileSystem: { ...made.fileSystem!, tags: { team: "x" } } }),
    ],
    ["application demo", (made: Observed) => ({ ...made, application: { ...made.application!, tags: {} } })],
    [
      "security group bertops-demo-efs",
      (made: Observed) => ({
        ...made,
        groups: new Map(made.groups).set("file-system", { ...made.groups.get("file-system")!, tags: {} }),
      }),
    ],
  ])("a name that somebody else's %s has", (what, change) => {
    const wanted = wantedFor();
    expect(() => makePlan(wanted, change(madeOf(wanted)))).toThrow(
      expect.objectContaining({ reason: "name-taken", exitCode: 2, message: expect.stringContaining(what) }),
    );
  });

  test("another VPC, since an environment cannot move", () => {
    const wanted = wantedFor(CONFIG, { ...GROUND, vpcId: "vpc-2" });
    expect(() => makePlan(wanted, madeOf(wantedFor()))).toThrow(
      expect.objectContaining({ reason: "immutable-setting", exitCode: 2 }),
    );
  });

  test("a file system of one's own that is not there", () => {
    const wanted = wantedFor({ ...CONFIG, fileSystem: { ...CONFIG.fileSystem, id: "fs-12345678" } });
    expect(() => makePlan(wanted, NOTHING)).toThrow(expect.objectContaining({ reason: "no-file-system" }));
  });

  test("one that is there gets the missing mount targets and is not changed otherwise", () => {
    const wanted = wantedFor({
      ...CONFIG,
      fileSystem: { ...CONFIG.fileSystem, id: "fs-12345678", backup: true },
    });
    const made = madeOf(wantedFor());
    const observed: Observed = {
      ...NOTHING,
      fileSystem: { ...made.fileSystem!, tags: {} },
      mountTargets: made.mountTargets.slice(0, 1).map((target) => ({ ...target, groupIds: ["sg-theirs"] })),
    };
    expect(told(makePlan(wanted, observed)).filter((step) => /file system|mount/u.test(step))).toEqual([
      "create mount target us-east-1b: in subnet-b",
      "wait mount target all: until every one is available",
    ]);
  });
});

describe("subnets", () => {
  const subnets = GROUND.subnets;
  test("zones without the instance type are left out", () => {
    expect(chooseSubnets(CONFIG, "vpc-1", subnets, ["us-east-1b"]).map(({ id }) => id)).toEqual(["subnet-b"]);
    expect(() => chooseSubnets(CONFIG, "vpc-1", subnets, ["us-east-1e"])).toThrow(
      "No zone of us-east-1a, us-east-1b",
    );
  });
  test("a load balancer needs two zones", () => {
    expect(() => chooseSubnets(BALANCED, "vpc-1", subnets, ["us-east-1b"])).toThrow("two zones");
  });
  test("those that bertops.yaml names have to exist", () => {
    const named = (id: string): Config => ({ ...CONFIG, network: { subnets: [id] } });
    const zones = ["us-east-1a", "us-east-1b"];
    expect(chooseSubnets(named("subnet-b"), "vpc-1", subnets, zones)).toHaveLength(1);
    expect(() => chooseSubnets(named("subnet-x"), "vpc-1", subnets, zones)).toThrow(
      "There is no subnet subnet-x",
    );
  });
});

test("the cost is a sum of lines that name their source", () => {
  const { cost } = makePlan(wantedFor(), NOTHING);
  expect(cost.monthlyUsd).toBeCloseTo(0.0208 * 730 + 16 * 0.08 + 0.005 * 730 + 0.3, 1);
  expect(cost.monthlyUsdAtMost).toBe(cost.monthlyUsd);
  expect(cost.source).toContain("us-east-1");
  const balanced = makePlan(wantedFor(BALANCED), NOTHING).cost;
  expect(balanced.lines.map(({ what }) => what)).toContain("load balancer");
  expect(balanced.monthlyUsdAtMost).toBeGreaterThan(balanced.monthlyUsd);
  const unknown = makePlan(
    wantedFor({ ...CONFIG, service: { ...CONFIG.service, instanceType: "x9.huge" } }),
    NOTHING,
  );
  expect(planJson(unknown)["monthlyCost"]).toMatchObject({
    lines: [{ what: "1 x x9.huge", usd: null }, {}, {}, {}],
  });
});
