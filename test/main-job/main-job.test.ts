import { EC2Client, RebootInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { aws, awsCliInstalled } from "./aws-cli.ts";
import { type Answer, eventually, Session } from "./session.ts";

/** The article's job as its reader would type it, in an empty directory, against a sandbox. One long story. */
describe("init, mount-efs, push-model, test-endpoint, destroy", { timeout: 180_000 }, () => {
  let session: Session;
  let ec2: EC2Client;
  let url: string;
  let version: string;

  const ask = async (): Promise<Answer> => {
    const response = await fetch(`${url}/sim`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ target: "JSON", texts: ["text", "format", "data"] }),
    });
    const text = await response.text();
    // What stands before the service answers with a page of its own.
    const ofService = response.headers.get("content-type")?.startsWith("application/json") === true;
    const body = ofService ? (JSON.parse(text) as Answer) : { page: text };
    return { status: response.status, version: response.headers.get("x-bertops-model-version"), ...body };
  };

  beforeAll(async () => {
    session = await Session.open();
    await session.startSandbox();
    const { variables } = session;
    ec2 = new EC2Client({
      endpoint: variables["AWS_ENDPOINT_URL"]!,
      region: variables["AWS_REGION"]!,
      credentials: {
        accessKeyId: variables["AWS_ACCESS_KEY_ID"]!,
        secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"]!,
      },
    });
    await writeRandomModel(path.join(session.home, "model"));
    await writeRandomModel(path.join(session.home, "other-model"), 7);
  }, 60_000);
  afterAll(async () => {
    ec2.destroy();
    await session.close();
  }, 60_000);

  test("plan shows what init would create, and changes nothing", async () => {
    const planned = await session.bertops("init demo --dry-run");
    expect(planned).toMatchObject({ ok: true, command: "init", exitCode: 0 });
    expect(planned["steps"].map(({ action }: Answer) => action)).toContain("create");
    expect(planned["monthlyCostUsd"]).toBeGreaterThan(0);
    const exists = await session.inventory();
    expect(madeByBertops(exists)).toEqual({});
  });

  test("init scaffolds the service and creates the environment with its file system", async () => {
    const made = await session.bertops("init demo --yes");
    expect(made).toMatchObject({
      ok: true,
      command: "init",
      environment: { name: "demo", status: "Ready" },
      fileSystem: { id: expect.stringMatching(/^fs-[0-9a-f]{17}$/), mountPoint: "/efs" },
      instances: [{ id: expect.stringMatching(/^i-[0-9a-f]{17}$/), host: expect.any(String) }],
      exitCode: 0,
    });
    session.cwd = path.join(session.home, "demo");
    url = made["environment"].url;
  });

  test("before a model is there the service says how to push one", async () => {
    const answer = await ask();
    expect(answer["status"]).toBe(503);
    expect(JSON.stringify(answer["error"])).toContain("push-model");
    const tested = await session.bertops("test-endpoint --timeout 20s");
    expect(tested["exitCode"]).toBe(6);
  });

  test("mount-efs finds every instance mounted by the bundle's own hook", async () => {
    const mounted = await session.bertops("mount-efs");
    expect(mounted).toMatchObject({ ok: true, command: "mount-efs", exitCode: 0 });
    expect(mounted["instances"]).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^i-/),
        host: expect.any(String),
        state: expect.stringMatching(/^(mounted|already-mounted)$/),
        fstab: expect.stringContaining("/efs efs"),
        options: expect.any(String),
      }),
    ]);
  });

  test("push-model converts, uploads, verifies and publishes", async () => {
    const pushed = await session.bertops("push-model ../model");
    expect(pushed).toMatchObject({
      ok: true,
      command: "push-model",
      model: "bert",
      version: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      active: true,
      files: 4,
      bytesReused: 0,
      verified: true,
      exitCode: 0,
    });
    expect(pushed["bytes"]).toBe(pushed["bytesSent"]);
    version = pushed["version"];
  });

  test("test-endpoint asks the article's question of every instance", async () => {
    const tested = await session.bertops("test-endpoint");
    expect(tested).toMatchObject({
      ok: true,
      command: "test-endpoint",
      url,
      context: { target: "JSON", texts: ["text", "format", "data"] },
      model: { name: "bert", version },
      exitCode: 0,
    });
    for (const sim of tested["context"].sims) expect(Math.abs(sim)).toBeLessThanOrEqual(1);
    expect(tested["checks"].every(({ ok }: Answer) => ok)).toBe(true);
    expect(Object.keys(tested["latencyMs"])).toEqual(["p50", "p95", "p99"]);
    expect((await ask())["context"].sims).toEqual(tested["context"].sims);
  });

  test("doctor finds every link of the chain whole", async () => {
    const { exitCode, broken, checks } = await session.bertops("doctor");
    expect({ exitCode, broken }).toEqual({ exitCode: 0, broken: null });
    expect(checks.map(({ name }: Answer) => name)).toEqual([
      "credentials",
      "application",
      "environment",
      "file system",
      "mount targets",
      "VPC DNS",
      "security groups",
      "SSH",
      "mount",
      "model",
      "service",
    ]);
  });

  test.skipIf(!awsCliInstalled)("the AWS CLI sees what bertops made", async () => {
    const { environment, fileSystem, instances } = await session.bertops("status");
    const { Environments } = await aws(session, "elasticbeanstalk describe-environments");
    expect(Environments).toMatchObject([
      { EnvironmentName: "demo", EnvironmentId: environment.id, Status: "Ready", Health: "Green" },
    ]);
    const { Events } = await aws(session, "elasticbeanstalk describe-events --environment-name demo");
    const messages = Events.map(({ Message }: Answer) => Message);
    expect(messages).toContain("createEnvironment is starting.");
    expect(messages).toContain("Successfully launched environment: demo");
    const { EnvironmentResources } = await aws(
      session,
      "elasticbeanstalk describe-environment-resources --environment-name demo",
    );
    expect(EnvironmentResources.Instances).toEqual(instances.map(({ id }: Answer) => ({ Id: id })));
    const { FileSystems } = await aws(session, "efs describe-file-systems");
    expect(FileSystems).toMatchObject([
      { FileSystemId: fileSystem.id, LifeCycleState: "available", Encrypted: true, NumberOfMountTargets: 3 },
    ]);
    const { MountTargets } = await aws(
      session,
      `efs describe-mount-targets --file-system-id ${fileSystem.id}`,
    );
    expect(MountTargets.map(({ AvailabilityZoneName }: Answer) => AvailabilityZoneName).toSorted()).toEqual([
      "us-east-1a",
      "us-east-1b",
      "us-east-1c",
    ]);
    const { ApplicationVersions } = await aws(session, "elasticbeanstalk describe-application-versions");
    const { S3Bucket, S3Key } = ApplicationVersions[0].SourceBundle;
    const { Contents } = await aws(session, `s3api list-objects-v2 --bucket ${S3Bucket}`);
    expect(Contents.map(({ Key }: Answer) => Key)).toContain(S3Key);
  });

  test("the same four again change nothing and say so", async () => {
    session.cwd = session.home;
    const made = await session.bertops("init demo --yes");
    session.cwd = path.join(session.home, "demo");
    expect(made).toMatchObject({ ok: true, exitCode: 0 });
    expect(made["steps"].filter(({ action }: Answer) => action !== "none")).toEqual([]);
    const mounted = await session.bertops("mount-efs");
    expect(mounted["instances"].map(({ state }: Answer) => state)).toEqual(["already-mounted"]);
    const pushed = await session.bertops("push-model ../model");
    expect(pushed).toMatchObject({ ok: true, version, bytesSent: 0, active: true });
    expect(await session.bertops("test-endpoint")).toMatchObject({ ok: true });
    const planned = await session.bertops("plan");
    expect(planned["steps"].filter(({ action }: Answer) => action !== "none")).toEqual([]);
  });

  test("a new version is answered from without a restart, and rollback brings the old one back", async () => {
    const before = await ask();
    const pushed = await session.bertops("push-model ../other-model --no-wait");
    expect(pushed).toMatchObject({ ok: true, active: true });
    // Nobody asked the service.
    expect(pushed).not.toHaveProperty("service");
    expect(pushed["version"]).not.toBe(version);
    await eventually("the new version answers", async () => (await ask())["version"] === pushed["version"]);
    expect((await ask())["context"].sims).not.toEqual(before["context"].sims);
    const back = await session.bertops("models rollback");
    expect(back).toMatchObject({ ok: true, service: { state: "answering" } });
    expect((await ask())["version"]).toBe(version);
    const listed = await session.bertops("models list");
    expect(listed["models"]).toMatchObject([
      {
        name: "bert",
        versions: expect.arrayContaining([expect.objectContaining({ id: version, active: true })]),
      },
    ]);
    expect(listed["models"][0].versions).toHaveLength(2);
  });

  test("a terminated instance is replaced by one that mounts and serves by itself", async () => {
    const before = await session.bertops("status");
    const old = before["instances"][0].id as string;
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [old] }));
    const young = await eventually("another instance serves", async () => {
      const { instances } = await session.bertops("status");
      const found = (instances as Answer[]).find(({ id }) => id !== old);
      return found !== undefined && (await ask())["status"] === 200 ? (found["id"] as string) : undefined;
    });
    expect(young).not.toBe(old);
    expect((await ask())["version"]).toBe(version);
    const checked = await session.bertops("mount-efs --check");
    expect(checked).toMatchObject({ ok: true, exitCode: 0 });
  });

  test("a rebooted instance comes back mounted and serving", async () => {
    const { instances } = await session.bertops("status");
    const startedAt = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/model`)).json()) as Answer)["startedAt"];
    const before = await startedAt();
    expect(before).toEqual(expect.any(String));
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [instances[0].id] }));
    // EC2 answers at once: until the instance goes down, the service of before goes on.
    await eventually("the service starts anew", async () => (await startedAt()) !== before);
    await eventually("it serves again", async () => (await ask())["version"] === version);
    expect(await session.bertops("mount-efs --check")).toMatchObject({ ok: true });
  });

  test("status tells what runs and is well", async () => {
    const status = await session.bertops("status");
    expect(status).toMatchObject({
      ok: true,
      command: "status",
      environment: { name: "demo", status: "Ready", health: "Green", url },
      instances: [{ id: expect.any(String), host: expect.any(String), mounted: true }],
      fileSystem: { id: expect.stringMatching(/^fs-/), mountPoint: "/efs" },
      exitCode: 0,
    });
  });

  test("an unmount shows in status, while the model in memory answers on", async () => {
    const mounted = async (): Promise<unknown[]> =>
      (await session.bertops("status"))["instances"].map((instance: Answer) => instance["mounted"]);
    expect(await session.bertops("mount-efs --unmount --yes")).toMatchObject({ ok: true });
    // The service looks every second.
    await eventually("status knows", async () => (await mounted()).every((one: unknown) => one === false));
    expect(await ask()).toMatchObject({ status: 200, version });
    expect(await session.bertops("mount-efs")).toMatchObject({ ok: true });
    await eventually("status knows", async () => (await mounted()).every((one: unknown) => one === true));
  });

  test("destroy needs consent, keeps the models, and with the typed name leaves nothing", async () => {
    expect(await session.bertops("destroy")).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { reason: "answer-needed" },
    });
    expect(await session.bertops("destroy --yes --delete-data")).toMatchObject({ ok: false, exitCode: 2 });
    expect(await session.bertops("destroy --yes --delete-data --confirm other")).toMatchObject({
      ok: false,
      exitCode: 2,
    });
    expect(await session.bertops("status")).toMatchObject({ ok: true });

    expect(await session.bertops("destroy --yes")).toMatchObject({ ok: true, exitCode: 0 });
    const kept = await session.inventory();
    const { "file systems": fileSystems, ...others } = kept;
    expect(fileSystems).toHaveLength(1);
    expect(madeByBertops(others)).toEqual({});

    expect(await session.bertops("destroy --yes")).toMatchObject({ ok: true, exitCode: 0 });
    expect(await session.bertops("destroy --yes --delete-data --confirm demo")).toMatchObject({
      ok: true,
      exitCode: 0,
    });
    expect(madeByBertops(await session.inventory())).toEqual({});
  });

  test("an environment made anew finds the models of the file system that was kept", async () => {
    session.cwd = session.home;
    await mkdir(path.join(session.home, "elsewhere"));
    await session.bertops("init again --yes");
    session.cwd = path.join(session.home, "again");
    const pushed = await session.bertops("push-model ../model");
    await session.bertops("destroy --yes");
    session.cwd = session.home;
    const made = await session.bertops("init again --yes");
    session.cwd = path.join(session.home, "again");
    expect(made).toMatchObject({ ok: true });
    expect(await session.bertops("test-endpoint")).toMatchObject({
      ok: true,
      model: { version: pushed["version"] },
    });
    expect(await session.bertops("destroy --yes --delete-data --confirm again")).toMatchObject({ ok: true });
  });
});

/** The kinds that are left, without what every account has: the default network, and the bucket that Beanstalk keeps. */
function madeByBertops(inventory: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(inventory)
      .map(
        ([kind, names]) =>
          [
            kind,
            names.filter((name) => !/^(elasticbeanstalk-us-east-1-\d+|default|AWSServiceRole.*)$/.test(name)),
          ] as const,
      )
      .filter(([, names]) => names.length > 0),
  );
}
