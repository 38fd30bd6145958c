import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from "@aws-sdk/client-ec2";
import { CreateFileSystemCommand, CreateMountTargetCommand, EFSClient } from "@aws-sdk/client-efs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { server } from "../sandbox/beanstalk/bundle.ts";
import { openTestRegion, options, type TestRegion, until } from "../sandbox/beanstalk/region.ts";
import { bertops, type Ended } from "./command.ts";

/** An environment as somebody makes it by hand or by the eb CLI, a file system of the console, and no bertops.yaml anywhere. */
describe("an environment that bertops did not make", { timeout: 120_000 }, () => {
  let region: TestRegion;
  let cwd = "";
  let fileSystem = "";
  let environment: Record<string, string> = {};
  const run = (...words: string[]): Promise<Ended> => {
    const end = words.includes("--") ? words.indexOf("--") : words.length;
    return bertops([...words.slice(0, end), "--json", ...words.slice(end)], { cwd, environment });
  };

  beforeAll(async () => {
    region = await openTestRegion();
    cwd = await mkdtemp(path.join(os.tmpdir(), "bertops-foreign-"));
    const [key] = region.region.iam.accessKeys.values();
    environment = {
      AWS_ENDPOINT_URL: region.region.endpoint,
      AWS_REGION: region.region.name,
      AWS_ACCESS_KEY_ID: key!.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key!.secretAccessKey,
      BERTOPS_CHECKIP_URL: `${region.region.endpoint}/checkip`,
      BERTOPS_SSH_PORT: String(region.region.hosts.sshPort),
      BERTOPS_KNOWN_HOSTS: path.join(cwd, "known_hosts"),
    };
    await region.addVersion("one", {
      "package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
      "node_modules/.keep": "",
      "server.js": server("one"),
    });
    await region.launch(
      "by-hand",
      "one",
      options({
        "aws:elasticbeanstalk:environment": { EnvironmentType: "SingleInstance", ServiceRole: "eb-service" },
        "aws:autoscaling:launchconfiguration": { IamInstanceProfile: "eb-ec2" },
        "aws:elasticbeanstalk:healthreporting:system": { SystemType: "enhanced" },
      }),
    );
    // The console gives a file system the default group, which nobody outside of it gets through.
    const efs = new EFSClient({
      region: region.region.name,
      endpoint: region.region.endpoint,
      credentials: { accessKeyId: key!.accessKeyId, secretAccessKey: key!.secretAccessKey },
    });
    fileSystem =
      (await efs.send(new CreateFileSystemCommand({ CreationToken: "by-hand" }))).FileSystemId ?? "";
    const { Subnets = [] } = await region.ec2.send(new DescribeSubnetsCommand({}));
    for (const { SubnetId } of Subnets)
      await until("a mount target", async () =>
        efs.send(new CreateMountTargetCommand({ FileSystemId: fileSystem, SubnetId })).catch(() => undefined),
      );
  }, 120_000);
  afterAll(async () => {
    await region.close();
    await rm(cwd, { recursive: true, force: true });
  });

  /** The group that Beanstalk made for the instances admits SSH from nobody: the eb CLI opens it to the world. */
  async function instanceGroup(): Promise<string> {
    const { SecurityGroups = [] } = await region.ec2.send(new DescribeSecurityGroupsCommand({}));
    return SecurityGroups.find(({ GroupName = "" }) => GroupName.startsWith("awseb"))?.GroupId ?? "";
  }

  it("is seen without a file, and says what it lacks", async () => {
    expect((await run("status", "--env", "by-hand")).json()).toMatchObject({
      ok: true,
      environment: { name: "by-hand", status: "Ready" },
      fileSystem: null,
    });
    const mounted = await run("mount-efs", "--env", "by-hand");
    expect(mounted.code).toBe(1);
    expect(mounted.json()["error"]).toMatchObject({
      reason: "no-file-system",
      next: expect.arrayContaining(["bertops mount-efs --env by-hand --file-system fs-ID"]) as string[],
    });
  });

  it("is mounted once the file system's group admits its instances, which is offered", async () => {
    const words = ["mount-efs", "--env", "by-hand", "--file-system", fileSystem, "--admit-me"];
    const refused = await run(...words);
    expect(refused.code).toBe(1);
    const group = await instanceGroup();
    expect(refused.json()["error"]).toMatchObject({
      reason: "nfs-closed",
      next: [
        "bertops mount-efs --yes --env by-hand",
        expect.stringMatching(
          new RegExp(
            `^aws ec2 authorize-security-group-ingress --group-id sg-\\w+ --protocol tcp --port 2049 --source-group ${group}$`,
            "u",
          ),
        ) as string,
      ],
    });
    const agreed = await run(...words, "--yes");
    expect({ code: agreed.code, instances: agreed.json()["instances"] as unknown }).toMatchObject({
      code: 0,
      instances: [{ state: "mounted", fileSystem }],
    });
    expect(agreed.stderr).toContain("on port 2049 from now on");
    const again = await run(...words);
    expect(again.json()["instances"]).toMatchObject([{ state: "already-mounted" }]);
  });

  it("takes models, lists and examines them by its name alone", async () => {
    await region.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: await instanceGroup(),
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "127.0.0.1/32" }] },
        ],
      }),
    );
    await mkdir(path.join(cwd, "model"));
    await writeFile(path.join(cwd, "model", "weights"), "w".repeat(1000));
    const pushed = await run("push-model", "model", "--raw", "--model", "mine", "--env", "by-hand");
    expect(pushed.json()).toMatchObject({ ok: true, model: "mine", active: true });
    const listed = await run("models", "list", "--env", "by-hand");
    expect(listed.json()).toMatchObject({ models: [{ name: "mine", versions: [{ active: true }] }] });
    const found = (await run("doctor", "--env", "by-hand", "--file-system", fileSystem)).json();
    expect(
      (found["checks"] as { name: string; ok: boolean }[]).filter(({ ok }) => ok).map(({ name }) => name),
    ).toEqual(
      expect.arrayContaining([
        "credentials",
        "application",
        "mount targets",
        "security groups",
        "SSH",
        "mount",
      ]),
    );
    const shell = await run("ssh", "--env", "by-hand", "--", "cat", "/efs/models/mine/current/weights");
    expect(shell.json()["instances"]).toMatchObject([{ code: 0, stdout: "w".repeat(1000) }]);
    // The service is not bertops' own, and says so by what it answers.
    expect((await run("test-endpoint", "--env", "by-hand", "--timeout", "10s")).code).not.toBe(2);
  });
});
