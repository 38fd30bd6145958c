import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeVolumesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rebootInstance, terminateInstance } from "../../../src/sandbox/ec2/end-instance.ts";
import { runInstance } from "../../../src/sandbox/ec2/run-instance.ts";
import type { InstanceChange } from "../../../src/sandbox/ec2/state.ts";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let ec2: EC2Client;
beforeAll(async () => {
  sandbox = await openTestRegion();
  ec2 = new EC2Client(sandbox.client);
});
afterAll(() => sandbox.close());

function launch(tags: [string, string][] = []) {
  const { region } = sandbox;
  const [subnet] = region.ec2.subnets.values();
  const groups = [...region.ec2.securityGroups.keys()];
  return runInstance(region, {
    instanceType: "t4g.small",
    subnetId: subnet!.subnetId,
    securityGroupIds: groups,
    tags: new Map(tags),
  });
}

async function describe(id: string) {
  const found = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return found.Reservations![0]!.Instances![0]!;
}

test("an instance runs through its states, and listeners hear of each", async () => {
  const { region } = sandbox;
  const heard: string[] = [];
  const listen = ({ from, to }: InstanceChange) => void heard.push(`${from} -> ${to}`);
  region.ec2.listeners.add(listen);
  const { instanceId, state } = launch([["Name", "one"]]);
  expect(state).toBe("pending");
  await eventually(async () => (await describe(instanceId)).State?.Name === "running");
  const running = await describe(instanceId);
  expect(running).toMatchObject({
    InstanceType: "t4g.small",
    Architecture: "arm64",
    PublicIpAddress: expect.stringMatching(/^127\./),
    PrivateIpAddress: expect.stringMatching(/^172\.31\./),
    Placement: { AvailabilityZone: "eu-west-1a" },
    SecurityGroups: [{ GroupName: "default" }],
    Tags: [{ Key: "Name", Value: "one" }],
  });
  expect(running.PrivateDnsName).toBe(
    `ip-${running.PrivateIpAddress!.replaceAll(".", "-")}.eu-west-1.compute.internal`,
  );
  const volumes = await ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [instanceId] }] }),
  );
  expect(volumes.Volumes).toMatchObject([{ State: "in-use", Size: 8, VolumeType: "gp3" }]);

  const ended = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  expect(ended.TerminatingInstances).toMatchObject([
    { PreviousState: { Name: "running" }, CurrentState: { Name: "shutting-down" } },
  ]);
  await eventually(async () => (await describe(instanceId)).State?.Name === "terminated");
  const gone = await describe(instanceId);
  expect([gone.PublicIpAddress, gone.SecurityGroups]).toEqual([undefined, []]);
  expect(gone.StateReason?.Code).toBe("Client.UserInitiatedShutdown");
  expect(heard).toEqual(["pending -> running", "running -> shutting-down", "shutting-down -> terminated"]);
  region.ec2.listeners.delete(listen);
});

test("instances are found by filters and in pages", async () => {
  const ids = ["x", "x", "y"].map((team) => launch([["team", team]]).instanceId);
  const found = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: "tag:team", Values: ["x"] },
        { Name: "instance-state-name", Values: ["pending", "running"] },
      ],
    }),
  );
  expect(found.Reservations?.flatMap((one) => one.Instances?.map((each) => each.InstanceId))).toEqual(
    ids.slice(0, 2),
  );
  const page = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
  expect(page.Reservations!.length).toBeLessThanOrEqual(5);
});

test("the console is empty at first, then shows what the host shows", async () => {
  const { instanceId } = launch();
  const ask = async () => {
    const answer = await ec2.send(new GetConsoleOutputCommand({ InstanceId: instanceId }));
    return Buffer.from(answer.Output ?? "", "base64").toString();
  };
  expect(await ask()).toBe("");
  expect(await eventually(async () => (await ask()) || undefined)).toMatch(/^ip-172-31-.* login:$/);
  const status = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [instanceId] }));
  expect(status.InstanceStatuses).toMatchObject([{ InstanceStatus: { Status: "ok" } }]);
});

test("a reboot keeps an instance running; what is not running can't be rebooted", async () => {
  const { instanceId } = launch();
  await eventually(async () => (await describe(instanceId)).State?.Name === "running");
  await ec2.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));
  await rebootInstance(sandbox.region, instanceId);
  expect((await describe(instanceId)).State).toEqual({ Name: "running", Code: 16 });
  await terminateInstance(sandbox.region, instanceId);
  await expect(ec2.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }))).rejects.toMatchObject({
    name: "IncorrectState",
  });
});

test("one that is terminated while it boots is terminated", async () => {
  const { instanceId } = launch();
  await terminateInstance(sandbox.region, instanceId);
  expect((await describe(instanceId)).State?.Name).toBe("terminated");
  await terminateInstance(sandbox.region, instanceId);
});

test("ids that don't exist, and malformed ones", async () => {
  await expect(describe("i-0123456789abcdef0")).rejects.toMatchObject({ name: "InvalidInstanceID.NotFound" });
  await expect(describe("i-hello")).rejects.toMatchObject({ name: "InvalidInstanceID.Malformed" });
  await expect(
    ec2.send(new TerminateInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })),
  ).rejects.toMatchObject({
    name: "InvalidInstanceID.NotFound",
  });
});
