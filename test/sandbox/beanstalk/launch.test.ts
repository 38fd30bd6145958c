import { RebootInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  DescribeEnvironmentHealthCommand,
  DescribeEnvironmentResourcesCommand,
  DescribeInstancesHealthCommand,
  RequestEnvironmentInfoCommand,
  RetrieveEnvironmentInfoCommand,
  TerminateEnvironmentCommand,
  UpdateEnvironmentCommand,
  type EnvironmentDescription,
} from "@aws-sdk/client-elastic-beanstalk";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inventory } from "../../../src/sandbox/inventory.ts";
import { server } from "./bundle.ts";
import { balanced, openTestRegion, options, until, type TestRegion } from "./region.ts";

const NAME = "life";
const TRACE = 'echo "$0 $(id -un) $(pwd) ${GREETING:-}" >> ${ROOT_PREFIX:-}/var/log/trace.log\n';
const hook = (name: string): string => `#!/bin/sh\n${TRACE}echo ${name}\n`;

const BUNDLE = {
  "package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
  "node_modules/.keep": "",
  "server.js": server("one"),
  ".platform/hooks/prebuild/02_b.sh": hook("second"),
  ".platform/hooks/prebuild/01_a.sh": hook("first"),
  ".platform/hooks/predeploy/10.sh": hook("predeploy"),
  ".platform/hooks/postdeploy/10.sh": `${hook("postdeploy")}\${ROOT_PREFIX:-}/opt/elasticbeanstalk/bin/get-config environment -k GREETING\n`,
  ".platform/confighooks/prebuild/10.sh": hook("config"),
  ".platform/nginx/conf.d/body.conf": "client_max_body_size 2m;\n",
  ".ebextensions/01.config": `
option_settings:
  aws:elasticbeanstalk:application:environment:
    GREETING: from the bundle
    KEPT: from the bundle
files:
  /etc/greeting: { content: "hello" }
commands:
  01_trace: { command: 'echo "command $(pwd)" >> \${ROOT_PREFIX:-}/var/log/trace.log' }
  02_no: { command: "exit 9", ignoreErrors: true }
container_commands:
  01_lead: { command: 'echo "lead $(pwd)" >> \${ROOT_PREFIX:-}/var/log/trace.log', leader_only: true }
`,
};

let world: TestRegion;
let requestId: string;
let launched: EnvironmentDescription;
let url: string;

interface Answer {
  version: string;
  cwd: string;
  size: number;
  port: string;
  uid: number;
  greeting: string;
  headers: Record<string, string>;
}

async function ask(path = "/", init: RequestInit = {}): Promise<Answer> {
  return (await (await fetch(url + path, init)).json()) as Answer;
}

async function instances(): Promise<string[]> {
  const { EnvironmentResources } = await world.eb.send(
    new DescribeEnvironmentResourcesCommand({ EnvironmentName: NAME }),
  );
  return (EnvironmentResources?.Instances ?? []).map((one) => one.Id ?? "");
}

async function inside(instanceId: string, path: string): Promise<string> {
  return readFile(world.region.ec2.instances.get(instanceId)!.host!.path(path), "utf8");
}

beforeAll(async () => {
  world = await openTestRegion();
  await world.addVersion("v1", BUNDLE);
  const settings = balanced(2, {
    "aws:elasticbeanstalk:application:environment": { GREETING: "from its owner" },
  });
  ({ requestId, environment: launched } = await world.launch(NAME, "v1", settings));
  url = `http://${launched.CNAME}`;
});

afterAll(async () => {
  await world.close();
});

test("the environment is ready and well", () => {
  expect(launched).toMatchObject({
    Status: "Ready",
    Health: "Green",
    HealthStatus: "Ok",
    VersionLabel: "v1",
  });
});

test("events tell the launch in Beanstalk's words, under the request's id", async () => {
  const messages = await world.messages({ RequestId: requestId });
  expect(messages[0]).toBe("createEnvironment is starting.");
  expect(messages).toContain(`Using ${world.bucket} as Amazon S3 storage bucket for environment data.`);
  expect(messages).toContainEqual(expect.stringMatching(/^Created security group named: sg-/));
  expect(messages).toContain("Waiting for EC2 instances to launch. This may take a few minutes.");
  expect(messages.slice(-2)).toEqual([
    `Application available at ${url.slice("http://".length)}.`,
    `Successfully launched environment: ${NAME}`,
  ]);
  expect(await world.messages({ EnvironmentName: NAME })).toContainEqual(
    expect.stringMatching(/^Environment health has transitioned from Pending to Ok/),
  );
});

test("hooks and commands ran as root, in order, each in its directory", async () => {
  const traces = await Promise.all((await instances()).map((id) => inside(id, "/var/log/trace.log")));
  const [lead, other] = traces.toSorted((a, b) => b.length - a.length).map((text) => text.trim().split("\n"));
  const words = (stage: string, name: string, cwd: string) =>
    expect.stringMatching(new RegExp(`${stage}/${name} root .*/var/app/${cwd} from its owner$`));
  const common = [
    expect.stringMatching(/^command .*(?:\/|root)$/),
    words("hooks/prebuild", "01_a.sh", "staging"),
    words("hooks/prebuild", "02_b.sh", "staging"),
    words("hooks/predeploy", "10.sh", "staging"),
    words("hooks/postdeploy", "10.sh", "current"),
  ];
  expect(lead).toEqual([
    ...common.slice(0, 3),
    expect.stringMatching(/^lead .*staging$/),
    ...common.slice(3),
  ]);
  expect(other).toEqual(common);
  const [id = ""] = await instances();
  expect(await inside(id, "/etc/greeting")).toBe("hello");
  expect(await inside(id, "/var/log/eb-hooks.log")).toContain(
    "first\nsecond\npredeploy\npostdeploy\nfrom its owner\n",
  );
});

test("both instances answer through one address as webapp, each on a port of its own", async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
  expect(new Set(answers.map((one) => one.port)).size).toBe(2);
  const [first] = answers;
  expect(first).toMatchObject({ version: "one", greeting: "from its owner" });
  expect(first?.cwd).toMatch(/\/var\/app\/current$/);
  // Only with real users is webapp a user of its own.
  const own = world.region.hosts.isolation === "namespaces" ? 900 : process.getuid?.();
  expect([own, 0]).toContain(first?.uid);
  expect(first?.headers).toMatchObject({ "x-forwarded-proto": "http", "x-real-ip": "127.0.0.1" });
  expect(first?.headers["x-amzn-trace-id"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  const chained = await ask("/", { headers: { "x-forwarded-for": "203.0.113.7" } });
  expect(chained.headers["x-forwarded-for"]).toBe("203.0.113.7, 127.0.0.1");
});

test("nginx takes bodies up to the bundle's limit", async () => {
  expect((await ask("/", { method: "POST", body: "x".repeat(2_000_000) })).size).toBe(2_000_000);
  const refused = await fetch(url, { method: "POST", body: "x".repeat(2_200_000) });
  expect(refused.status).toBe(413);
  expect(await refused.text()).toContain("413 Request Entity Too Large");
});

test("answers stream", async () => {
  const response = await fetch(`${url}/stream`);
  const chunks: string[] = [];
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.join("")).toBe("first last");
});

test("instance health names version, deployment and zone", async () => {
  const { InstanceHealthList = [] } = await world.eb.send(
    new DescribeInstancesHealthCommand({ EnvironmentName: NAME, AttributeNames: ["All"] }),
  );
  expect(InstanceHealthList).toHaveLength(2);
  expect(new Set(InstanceHealthList.map((one) => one.AvailabilityZone)).size).toBe(2);
  expect(InstanceHealthList[0]).toMatchObject({
    HealthStatus: "Ok",
    Color: "Green",
    Deployment: { VersionLabel: "v1", DeploymentId: 1, Status: "Deployed" },
  });
  const health = await world.eb.send(
    new DescribeEnvironmentHealthCommand({ EnvironmentName: NAME, AttributeNames: ["All"] }),
  );
  expect(health).toMatchObject({ HealthStatus: "Ok", InstancesHealth: { Ok: 2, Severe: 0 } });
});

test("logs can be asked for, and read at an address that needs no credentials", async () => {
  await world.eb.send(new RequestEnvironmentInfoCommand({ EnvironmentName: NAME, InfoType: "tail" }));
  const samples = await until("both tails", async () => {
    const { EnvironmentInfo = [] } = await world.eb.send(
      new RetrieveEnvironmentInfoCommand({ EnvironmentName: NAME, InfoType: "tail" }),
    );
    return EnvironmentInfo.length === 2 ? EnvironmentInfo : undefined;
  });
  const text = await (await fetch(samples[0]?.Message ?? "")).text();
  expect(text).toContain("/var/log/eb-engine.log");
  expect(text).toMatch(/web\[\d+\]: listening/);
});

test("a failing health check turns the environment red, and an application that exits comes back", async () => {
  await ask("/sick");
  const { Causes } = await until("half of it is sick", async () => {
    const health = await world.eb.send(
      new DescribeEnvironmentHealthCommand({ EnvironmentName: NAME, AttributeNames: ["All"] }),
    );
    return health.HealthStatus === "Degraded" ? health : undefined;
  });
  expect(Causes).toContain("Process default has been unhealthy (Target.ResponseCodeMismatch).");
  const { port } = await ask();
  expect((await ask()).port).toBe(port);
  await fetch(`${url}/exit`).catch(() => undefined);
  await until("the application is back", async () => {
    const ports = [1, 2, 3].map(async () => (await ask().catch(() => undefined))?.port);
    return (await Promise.all(ports)).every((one) => one === port);
  });
});

test("a terminated instance is replaced by one that runs the same bundle with its hooks", async () => {
  const before = await instances();
  await world.ec2.send(new TerminateInstancesCommand({ InstanceIds: before.slice(0, 1) }));
  const fresh = await until("another instance", async () => {
    const now = await instances();
    const [added] = now.filter((id) => !before.includes(id));
    return now.length === 2 && !now.includes(before[0] ?? "") ? added : undefined;
  });
  await until("it is deployed", async () =>
    (await inside(fresh, "/var/log/trace.log").catch(() => "")).includes("postdeploy"),
  );
  const messages = await world.messages({ EnvironmentName: NAME });
  expect(messages).toContain(`Removed instance [${before[0]}] from your environment.`);
  expect(messages).toContain(`Added instance [${fresh}] to your environment.`);
  expect(await inside(fresh, "/var/log/trace.log")).not.toContain("lead");
});

test("after a reboot the application runs again, and hooks do not", async () => {
  const [id = ""] = await instances();
  const trace = await inside(id, "/var/log/trace.log");
  const log = () => inside(id, "/var/log/web.stdout.log");
  const starts = async () => (await log()).split("listening").length;
  const before = await starts();
  for (const times of [1, 2, 3]) {
    await world.ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    await until("it listens again", async () => (await starts()) > before + times - 1);
  }
  // What went down with the instance is started by its boot alone.
  expect(await starts()).toBe(before + 3);
  expect(await inside(id, "/var/log/trace.log")).toBe(trace);
});

test("new properties reach running instances by confighooks and a restart", async () => {
  const before = await instances();
  await world.eb.send(
    new UpdateEnvironmentCommand({
      EnvironmentName: NAME,
      OptionSettings: options({ "aws:elasticbeanstalk:application:environment": { GREETING: "changed" } }),
    }),
  );
  await world.settled(NAME);
  expect(await instances()).toEqual(before);
  expect((await ask()).greeting).toBe("changed");
  expect(await inside(before[0] ?? "", "/var/log/trace.log")).toMatch(
    /confighooks\/prebuild\/10\.sh root .*current changed/,
  );
  const messages = await world.messages({ EnvironmentName: NAME });
  expect(messages).toContain("Successfully deployed new configuration to environment.");
});

test("the group follows MinSize and MaxSize", async () => {
  const size = async (MinSize: string, MaxSize: string) => {
    await world.eb.send(
      new UpdateEnvironmentCommand({
        EnvironmentName: NAME,
        OptionSettings: options({ "aws:autoscaling:asg": { MinSize, MaxSize } }),
      }),
    );
    await world.settled(NAME);
  };
  await size("3", "3");
  await until("three instances", async () => (await instances()).length === 3);
  await size("1", "1");
  await until("one instance", async () => (await instances()).length === 1);
  expect((await ask()).version).toBe("one");
});

test("requests in flight are finished before their instance ends, and nothing is left in the end", async () => {
  await until("it is settled", async () => (await world.settled(NAME)).Health === "Green");
  const slow = ask("/slow?ms=600");
  await world.eb.send(
    new UpdateEnvironmentCommand({
      EnvironmentName: NAME,
      OptionSettings: options({ "aws:ec2:instances": { InstanceTypes: "t3.large" } }),
    }),
  );
  expect((await slow).version).toBe("one");
  await world.settled(NAME);
  const id = (await instances())[0] ?? "";
  expect(world.region.ec2.instances.get(id)?.instanceType).toBe("t3.large");
  const { $metadata } = await world.eb.send(new TerminateEnvironmentCommand({ EnvironmentName: NAME }));
  await until("it is gone", async () => (await world.settled(NAME)).Status === "Terminated");
  const messages = await world.messages({ RequestId: $metadata.requestId ?? "" });
  expect([messages[0], messages.at(-1)]).toEqual([
    "terminateEnvironment is starting.",
    "terminateEnvironment completed successfully.",
  ]);
  const left = inventory(world.region);
  expect([left["instances"], left["security groups"], left["Beanstalk environments"]]).toEqual([[], [], []]);
  await expect(fetch(url)).rejects.toThrow(/fetch failed/);
});
