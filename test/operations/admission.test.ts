import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostAccess } from "../../src/operations/hosts/host-access.ts";
import { eventually } from "../sandbox/open-test-region.ts";
import { Project } from "./project.ts";

const BIN = path.resolve(import.meta.dirname, "../../bin/bertops.js");

/** An instance whose port 22 is closed, and who gets in for how long. */
describe("a closed SSH port", { timeout: 120_000 }, () => {
  let project: Project;
  let ec2: EC2Client;
  let groupId = "";
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    project = await Project.open();
    ec2 = project.ec2();
    await project.write(".keep", "");
    await project.write("bertops.yaml", "name: demo\nssh:\n  admit: none\n");
    await project.init();
    const [instance] = await (await project.aws()).instances.ofEnvironment("demo");
    groupId = instance!.securityGroupIds[0]!;
    project.asked.splice(0);
  }, 120_000);
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    project.events.splice(0);
    project.asked.splice(0);
  });
  afterAll(() => project.close());

  async function whoami(access: HostAccess | undefined): Promise<string> {
    const connection = await access!.connect(project.stop.signal);
    const { stdout } = await connection.exec("whoami");
    connection.close();
    return stdout.trim();
  }
  /** What is open on port 22: source and description. */
  async function open(): Promise<readonly string[]> {
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }),
    );
    return (SecurityGroups[0]!.IpPermissions ?? [])
      .filter(({ FromPort }) => FromPort === 22)
      .flatMap(({ IpRanges = [] }) => IpRanges.map((one) => `${one.CidrIp} ${one.Description ?? ""}`.trim()));
  }
  async function end(): Promise<void> {
    for (const work of project.ends.splice(0)) await work();
  }
  async function admit(CidrIp: string, Description?: string): Promise<void> {
    const IpRanges = [{ CidrIp, ...(Description === undefined ? {} : { Description }) }];
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges }],
      }),
    );
  }
  async function revoke(CidrIp: string): Promise<void> {
    await ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }],
      }),
    );
  }
  /** A command of somebody else, as a process of its own that has been let in. */
  async function another(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [BIN, "ssh", "--admit-me", "--", "sleep", "60"], {
      cwd: project.directory,
      env: { PATH: process.env["PATH"], HOME: project.directory, ...project.environment },
      stdio: "ignore",
    });
    started.push(child);
    await eventually(async () => (await open()).some((rule) => rule.includes(` pid ${child.pid} `)));
    return child;
  }

  it("stays closed to whoever says no, and the error says which group it is", async () => {
    project.agrees = false;
    await expect(whoami((await project.hosts())[0])).rejects.toMatchObject({
      reason: "ssh-closed",
      exitCode: 5,
      message: expect.stringContaining(`${groupId} does not admit 127.0.0.1/32 on port 22`) as string,
      next: expect.arrayContaining(["bertops ssh --admit-me -- true"]) as string[],
    });
    expect(project.asked).toEqual([
      expect.stringMatching(/^Port 22 of i-\w+ is closed to you\. Admit 127\.0\.0\.1\/32 in sg-\w+ until/u),
    ]);
    expect(await open()).toEqual([]);
    project.agrees = true;
    await expect(whoami((await project.hosts({ admitMe: true }, true))[0])).rejects.toMatchObject({
      reason: "ssh-closed",
    });
    expect(await open()).toEqual([]);
  });

  it("opens for one address, until the command ends", async () => {
    const [access] = await project.hosts();
    expect(await whoami(access)).toBe("ec2-user");
    expect(await whoami(access)).toBe("ec2-user");
    expect(project.asked).toHaveLength(1);
    expect(await open()).toEqual([
      expect.stringMatching(/^127\.0\.0\.1\/32 bertops for now: \S+@\S+ pid \d+ since /u),
    ]);
    await end();
    expect(await open()).toEqual([]);
  });

  it("leaves a rule of the person's own alone, and needs no other", async () => {
    await admit("127.0.0.1/32", "my own");
    expect(await whoami((await project.hosts({ admitMe: true }))[0])).toBe("ec2-user");
    await end();
    expect(await open()).toEqual(["127.0.0.1/32 my own"]);
    await revoke("127.0.0.1/32");
  });

  it("closes again at Ctrl-C", async () => {
    const child = await another();
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    expect(await open()).toEqual([]);
  });

  it("takes back what a killed command left, and nothing of anybody else", async () => {
    await admit("198.51.100.7/32", "bertops for now: bob@desk pid 7 since 2199-01-01T00:00:00Z");
    await admit("198.51.100.8/32", "bertops for now: bob@desk pid 8 since 2020-01-01T00:00:00Z");
    await admit("198.51.100.9/32");
    const child = await another();
    child.kill("SIGKILL");
    await once(child, "exit");
    // It took back what Bob had left for years itself.
    expect(await open()).toHaveLength(3);
    expect(await whoami((await project.hosts({ admitMe: true }))[0])).toBe("ec2-user");
    await end();
    expect(await open()).toEqual([
      "198.51.100.7/32 bertops for now: bob@desk pid 7 since 2199-01-01T00:00:00Z",
      "198.51.100.9/32",
    ]);
    expect(project.events.filter(({ type }) => type === "note")).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("an earlier command left") as string }),
    );
    await revoke("198.51.100.7/32");
    await revoke("198.51.100.9/32");
  });

  it("serves two commands behind one address, whichever ends first", async () => {
    const child = await another();
    const [access] = await project.hosts({ admitMe: true });
    expect(await whoami(access)).toBe("ec2-user");
    expect(await open()).toHaveLength(1);
    child.kill("SIGINT");
    await once(child, "exit");
    expect(await open()).toEqual([]);
    expect(await whoami(access)).toBe("ec2-user");
    expect(await open()).toEqual([expect.stringContaining(` pid ${process.pid} `)]);
    await end();
    expect(await open()).toEqual([]);
  });
});
