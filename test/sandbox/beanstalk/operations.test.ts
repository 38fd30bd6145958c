import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateConfigurationTemplateCommand,
  CreateEnvironmentCommand,
  DescribeEnvironmentResourcesCommand,
  RebuildEnvironmentCommand,
  RestartAppServerCommand,
  SwapEnvironmentCNAMEsCommand,
  TerminateEnvironmentCommand,
  UpdateEnvironmentCommand,
} from "@aws-sdk/client-elastic-beanstalk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inventory } from "../../../src/sandbox/inventory.ts";
import { server } from "./bundle.ts";
import { balanced, openTestRegion, options, STACK, until, type TestRegion } from "./region.ts";

let world: TestRegion;
const urls = { blue: "", green: "" };

async function ask(url: string): Promise<{ version: string; pid: number }> {
  return (await (await fetch(url)).json()) as { version: string; pid: number };
}

async function instances(name: string): Promise<string[]> {
  const { EnvironmentResources } = await world.eb.send(
    new DescribeEnvironmentResourcesCommand({ EnvironmentName: name }),
  );
  return (EnvironmentResources?.Instances ?? []).map((one) => one.Id ?? "");
}

beforeAll(async () => {
  world = await openTestRegion();
  await world.addVersion("v1", { "app.js": server("one") });
  await world.addVersion("v2", { "app.js": server("two") });
  await world.addVersion("hangs", {
    "app.js": server("hangs"),
    ".platform/hooks/prebuild/wait.sh": "#!/bin/sh\nsleep 60\n",
  });
  const [blue, green] = await Promise.all([
    world.launch("blue", "v1", balanced(1)),
    world.launch("green", "v2", balanced(1)),
  ]);
  urls.blue = `http://${blue.environment.CNAME}`;
  urls.green = `http://${green.environment.CNAME}`;
});

afterAll(async () => {
  await world.close();
});

test("swapped environments answer at each other's address", async () => {
  await world.eb.send(
    new SwapEnvironmentCNAMEsCommand({ SourceEnvironmentName: "blue", DestinationEnvironmentName: "green" }),
  );
  expect([(await ask(urls.blue)).version, (await ask(urls.green)).version]).toEqual(["two", "one"]);
  expect(`http://${(await world.settled("blue")).CNAME}`).toBe(urls.green);
  expect(await world.messages({ EnvironmentName: "blue" })).toContain(
    "Completed swapping CNAMEs with environment 'green'.",
  );
});

test("an application server restarts in place", async () => {
  const before = [await instances("green"), (await ask(urls.blue)).pid];
  await world.eb.send(new RestartAppServerCommand({ EnvironmentName: "green" }));
  await world.settled("green");
  const after = [await instances("green"), (await ask(urls.blue)).pid];
  expect(after[0]).toEqual(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("an update waits for the instance that Auto Scaling is launching", async () => {
  const lost = await instances("green");
  await world.ec2.send(new TerminateInstancesCommand({ InstanceIds: lost }));
  expect(await instances("green")).not.toContain(lost[0]);
  await world.eb.send(new UpdateEnvironmentCommand({ EnvironmentName: "green", VersionLabel: "v1" }));
  const environment = await world.settled("green");
  expect(environment).toMatchObject({ VersionLabel: "v1", Health: "Green" });
  expect((await ask(urls.blue)).version).toBe("one");
});

test("a rebuilt environment has other resources and the same address", async () => {
  const before = await instances("green");
  await world.eb.send(new RebuildEnvironmentCommand({ EnvironmentName: "green" }));
  expect(await world.settled("green")).toMatchObject({ Status: "Ready", Health: "Green" });
  expect(await instances("green")).not.toEqual(before);
  expect((await ask(urls.blue)).version).toBe("one");
});

test("an environment starts from a template, and ends by force in the middle of its launch", async () => {
  await world.eb.send(
    new CreateConfigurationTemplateCommand({
      ApplicationName: "demo",
      TemplateName: "small",
      SolutionStackName: STACK,
      OptionSettings: balanced(1),
    }),
  );
  await world.eb.send(
    new CreateEnvironmentCommand({
      ApplicationName: "demo",
      EnvironmentName: "forced",
      TemplateName: "small",
      VersionLabel: "hangs",
      OptionSettings: options({ "aws:autoscaling:asg": { MinSize: "2" } }),
    }),
  );
  await until("its instances", async () => (await instances("forced")).length === 2);
  const end = (ForceTerminate: boolean) =>
    world.eb.send(new TerminateEnvironmentCommand({ EnvironmentName: "forced", ForceTerminate }));
  await expect(end(false)).rejects.toThrow(/Must be Ready/);
  await end(true);
  await until("its end", async () => (await world.settled("forced")).Status === "Terminated");
});

test("in the end nothing is left", async () => {
  for (const EnvironmentName of ["blue", "green"]) {
    await world.eb.send(new TerminateEnvironmentCommand({ EnvironmentName }));
  }
  for (const name of ["blue", "green"]) {
    await until(name, async () => (await world.settled(name)).Status === "Terminated");
  }
  const left = inventory(world.region);
  expect([left["instances"], left["security groups"], left["load balancers"]]).toEqual([[], [], []]);
});
