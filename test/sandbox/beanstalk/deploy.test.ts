import {
  AbortEnvironmentUpdateCommand,
  CreateEnvironmentCommand,
  DescribeEnvironmentResourcesCommand,
  DescribeInstancesHealthCommand,
  UpdateEnvironmentCommand,
  type UpdateEnvironmentCommandInput,
} from "@aws-sdk/client-elastic-beanstalk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { server, type BundleFile } from "./bundle.ts";
import { balanced, openTestRegion, options, until, type TestRegion } from "./region.ts";

const NAME = "deploys";
const COMMAND = "aws:elasticbeanstalk:command";

let world: TestRegion;
let url: string;

const app = (name: string, more: Readonly<Record<string, BundleFile>> = {}) => ({
  "app.js": server(name),
  ...more,
});

async function version(): Promise<string> {
  return ((await (await fetch(url)).json()) as { version: string }).version;
}

async function versions(): Promise<string[]> {
  return (await Promise.all(Array.from({ length: 4 }, version))).toSorted();
}

async function instances(name = NAME): Promise<string[]> {
  const { EnvironmentResources } = await world.eb.send(
    new DescribeEnvironmentResourcesCommand({ EnvironmentName: name }),
  );
  return (EnvironmentResources?.Instances ?? []).map((one) => one.Id ?? "");
}

/** Starts an update; answers the id of the request. */
async function begin(change: Omit<UpdateEnvironmentCommandInput, "EnvironmentName">): Promise<string> {
  const { $metadata } = await world.eb.send(
    new UpdateEnvironmentCommand({ EnvironmentName: NAME, ...change }),
  );
  return $metadata.requestId ?? "";
}

/** Updates; answers what the environment is afterwards, and the request's events. */
async function update(change: Omit<UpdateEnvironmentCommandInput, "EnvironmentName">) {
  const RequestId = await begin(change);
  return { environment: await world.settled(NAME), messages: await world.messages({ RequestId }) };
}

const policy = (DeploymentPolicy: string, more: Record<string, string> = {}) =>
  options({ [COMMAND]: { DeploymentPolicy, ...more } });

beforeAll(async () => {
  world = await openTestRegion();
  await world.addVersion("v1", app("one"));
  await world.addVersion("v2", app("two"));
  await world.addVersion("v3", app("three"));
  await world.addVersion(
    "broken",
    app("broken", { ".platform/hooks/prebuild/mount.sh": "#!/bin/sh\necho cannot mount >&2\nexit 3\n" }),
  );
  await world.addVersion(
    "plain",
    app("plain", { ".platform/hooks/predeploy/x.sh": { text: "#!/bin/sh\n", mode: 0o100_644 } }),
  );
  await world.addVersion("yaml", app("yaml", { ".ebextensions/a.config": "commands: [" }));
  const setting = "option_settings:\n  aws:autoscaling:asg: { MinSizes: 2 }\n";
  await world.addVersion("setting", app("setting", { ".ebextensions/a.config": setting }));
  await world.addVersion("sick", app("sick", { sick: "" }));
  await world.addVersion(
    "slow",
    app("slow", { ".platform/hooks/prebuild/wait.sh": "#!/bin/sh\nsleep 30\n" }),
  );
  const { environment } = await world.launch(NAME, "v1", balanced(2, { [COMMAND]: { Timeout: "5" } }));
  url = `http://${environment.CNAME}`;
});

afterAll(async () => {
  await world.close();
});

test("a version is deployed on all instances at once", async () => {
  const before = await instances();
  const { environment, messages } = await update({ VersionLabel: "v2" });
  expect(environment).toMatchObject({ Status: "Ready", VersionLabel: "v2", Health: "Green" });
  expect(messages).toEqual([
    "Environment update is starting.",
    "Deploying new version to instance(s).",
    "Instance deployment completed successfully.",
    "Instance deployment completed successfully.",
    "New application version was deployed to running EC2 instances.",
    "Environment update completed successfully.",
  ]);
  expect(await versions()).toEqual(["two", "two", "two", "two"]);
  expect(await instances()).toEqual(before);
});

test("a version that is named is deployed, also where it is the one that runs", async () => {
  const { messages } = await update({
    VersionLabel: "v2",
    OptionSettings: options({ [COMMAND]: { Timeout: "6" } }),
  });
  expect(messages).toContain("Deploying new version to instance(s).");
  expect(messages).toContain("New application version was deployed to running EC2 instances.");
  expect(await versions()).toEqual(["two", "two", "two", "two"]);
});

test("a hook that fails leaves the old version running, a red environment and events that say why", async () => {
  const { environment, messages } = await update({ VersionLabel: "broken" });
  expect(environment).toMatchObject({
    Status: "Ready",
    VersionLabel: "v2",
    Health: "Red",
    HealthStatus: "Degraded",
  });
  const [id] = await instances();
  expect(messages).toContain("Instance deployment failed. For details, see 'eb-engine.log'.");
  expect(messages).toContain(
    `[Instance: ${id}] Command failed on instance. Return code: 1 Output: Command .platform/hooks/prebuild/mount.sh failed with error exit status 3 cannot mount.`,
  );
  expect(messages).toContain(
    "Command execution completed on all instances. Summary: [Successful: 0, Failed: 2].",
  );
  expect(messages.at(-1)).toBe("Failed to deploy application.");
  expect(await versions()).toEqual(["two", "two", "two", "two"]);
  const { InstanceHealthList } = await world.eb.send(
    new DescribeInstancesHealthCommand({ EnvironmentName: NAME, AttributeNames: ["Deployment", "Causes"] }),
  );
  expect(InstanceHealthList?.[0]?.Deployment).toMatchObject({
    VersionLabel: "broken",
    DeploymentId: 4,
    Status: "Failed",
  });
});

test("the next good deployment mends it, one batch after the other", async () => {
  const { environment, messages } = await update({
    VersionLabel: "v3",
    OptionSettings: policy("Rolling", { BatchSizeType: "Fixed", BatchSize: "1" }),
  });
  expect(environment).toMatchObject({ VersionLabel: "v3", Health: "Green" });
  expect(messages.filter((one) => one.startsWith("Batch 2"))).toHaveLength(4);
  expect(messages).toContain("Command execution completed on 1 of 2 instances in environment.");
  expect(await versions()).toEqual(["three", "three", "three", "three"]);
});

test("a rolling deployment stops at the first batch that does not get well", async () => {
  const { environment, messages } = await update({ VersionLabel: "sick" });
  expect(environment).toMatchObject({ VersionLabel: "v3", Health: "Red" });
  expect(messages).toContainEqual(
    expect.stringMatching(/did not pass health checks within the command timeout/),
  );
  expect(messages.at(-1)).toBe("Failed to deploy application.");
  expect(await versions()).toEqual(["three", "three", "three", "three"]);
});

test("an immutable deployment replaces the instances", async () => {
  const before = await instances();
  const { environment, messages } = await update({ VersionLabel: "v1", OptionSettings: policy("Immutable") });
  expect(environment).toMatchObject({ VersionLabel: "v1", Health: "Green" });
  const after = await instances();
  expect(after).toHaveLength(2);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
  expect(messages).toContain("Test instance passed health checks. Launching remaining new instances.");
  expect(await versions()).toEqual(["one", "one", "one", "one"]);
});

test("an immutable deployment that fails ends its new instances and keeps the old ones", async () => {
  const before = await instances();
  const { environment, messages } = await update({ VersionLabel: "plain" });
  expect(environment).toMatchObject({ VersionLabel: "v1", Health: "Green" });
  expect(messages).toContainEqual(
    expect.stringContaining("fork/exec .platform/hooks/predeploy/x.sh: permission denied"),
  );
  expect(await instances()).toEqual(before);
});

test("a configuration file that is no YAML fails before any instance is touched", async () => {
  const { environment, messages } = await update({
    VersionLabel: "yaml",
    OptionSettings: policy("AllAtOnce"),
  });
  expect(environment.VersionLabel).toBe("v1");
  expect(messages).toContainEqual(
    expect.stringContaining(
      "The configuration file .ebextensions/a.config in application version yaml contains invalid YAML or JSON.",
    ),
  );
  expect(messages.at(-1)).toBe("Failed to deploy application.");
});

test("while an update runs the environment takes no other, and it can be aborted", async () => {
  const RequestId = await begin({
    VersionLabel: "slow",
    OptionSettings: options({ [COMMAND]: { Timeout: "60" } }),
  });
  await until("the hook runs", async () =>
    (await world.messages({ RequestId })).includes("Deploying new version to instance(s)."),
  );
  await expect(begin({ VersionLabel: "v2" })).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `Environment named ${NAME} is in an invalid state for this operation. Must be Ready.`,
  });
  await world.eb.send(new AbortEnvironmentUpdateCommand({ EnvironmentName: NAME }));
  const environment = await world.settled(NAME);
  expect(environment).toMatchObject({ VersionLabel: "v1", AbortableOperationInProgress: false });
  expect(await versions()).toEqual(["one", "one", "one", "one"]);
  expect((await world.messages({ RequestId })).at(-1)).toBe("Update environment operation was aborted.");
  await expect(world.eb.send(new AbortEnvironmentUpdateCommand({ EnvironmentName: NAME }))).rejects.toThrow(
    /invalid state/,
  );
});

test("a hook that takes longer than the command timeout is ended", async () => {
  const { messages } = await update({
    VersionLabel: "slow",
    OptionSettings: options({ [COMMAND]: { Timeout: "1" } }),
  });
  expect(messages).toContainEqual(
    expect.stringMatching(/have not responded in the allowed command timeout time/),
  );
  expect(messages.at(-1)).toBe("Failed to deploy application.");
});

test("a bundle that sets an option which does not exist is not deployed, nor launched", async () => {
  const before = await version();
  const why = [
    '"option_settings" in one of the configuration files failed validation. More details to follow.',
    "Invalid option specification (Namespace: 'aws:autoscaling:asg', OptionName: 'MinSizes'): Unknown configuration setting.",
  ];
  const { environment, messages } = await update({ VersionLabel: "setting" });
  expect(messages.slice(-3)).toEqual([...why, "Failed to deploy application."]);
  expect(environment.VersionLabel).not.toBe("setting");
  expect(await version()).toBe(before);
  const launched = await world.launch("bad-setting", "setting", balanced(1));
  expect((await world.messages({ RequestId: launched.requestId })).slice(-3)).toEqual([
    ...why,
    "Failed to launch environment.",
  ]);
});

test("a launch whose hook fails ends Ready and Red", async () => {
  const { environment, requestId } = await world.launch("broken-launch", "broken", balanced(1));
  expect(environment).toMatchObject({ Status: "Ready", Health: "Red" });
  const messages = await world.messages({ RequestId: requestId });
  expect(messages.at(-1)).toMatch(/^Create environment operation is complete, but with errors/);
  expect((await fetch(`http://${environment.CNAME}`)).status).toBe(502);
});

test("a launch without its instance profile fails before any instance", async () => {
  const settings = balanced(1, { "aws:autoscaling:launchconfiguration": { IamInstanceProfile: "nobody" } });
  const { environment, requestId } = await world.launch("no-profile", "v1", settings);
  expect(environment.Status).toBe("Ready");
  const messages = await world.messages({ RequestId: requestId });
  expect(messages.slice(-2)).toEqual([
    "The instance profile nobody associated with the environment does not exist.",
    "Failed to launch environment.",
  ]);
  expect((await fetch(`http://${environment.CNAME}`)).status).toBe(503);
  expect(await instances("no-profile")).toEqual([]);
});

test("a single instance has an Elastic IP, basic health, and the sample application when nothing is named", async () => {
  await world.eb.send(
    new CreateEnvironmentCommand({
      ApplicationName: "demo",
      EnvironmentName: "single",
      PlatformArn:
        "arn:aws:elasticbeanstalk:us-east-1::platform/Node.js 22 running on 64bit Amazon Linux 2023/6.11.7",
      OptionSettings: options({
        "aws:elasticbeanstalk:environment": { EnvironmentType: "SingleInstance" },
        "aws:autoscaling:launchconfiguration": { IamInstanceProfile: "eb-ec2" },
      }),
    }),
  );
  const environment = await world.settled("single");
  expect(environment).toMatchObject({ Health: "Green", VersionLabel: "Sample Application" });
  expect(environment.HealthStatus).toBeUndefined();
  expect(await (await fetch(`http://${environment.CNAME}`)).text()).toContain("Congratulations");
  const messages = await world.messages({ EnvironmentName: "single" });
  expect(messages).toContainEqual(expect.stringMatching(/^Created EIP: /));
  expect(world.region.ec2.addresses.size).toBe(1);
});
