import { createHash, randomBytes } from "node:crypto";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateInstanceConnectEndpointCommand,
  CreateSecurityGroupCommand,
  DescribeInstanceConnectEndpointsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConnectEndpoint } from "../../src/aws/connect-endpoints.ts";
import { UserError } from "../../src/errors.ts";
import type { HostAccess } from "../../src/operations/hosts/host-access.ts";
import type { Connection } from "../../src/ssh/connection.ts";
import { openTunnel } from "../../src/ssh/tunnel.ts";
import { eventually } from "../sandbox/open-test-region.ts";
import { bertops } from "./command.ts";
import { Project } from "./project.ts";

/** Two instances without public addresses, and the ways that lead to them. Each test goes on where the one before ended. */
describe("an environment in private subnets", { timeout: 120_000 }, () => {
  let project: Project;
  let ec2: EC2Client;
  let endpointGroup = "";
  let endpoint: ConnectEndpoint;

  beforeAll(async () => {
    project = await Project.open();
    ec2 = project.ec2();
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    for (const { SubnetId } of Subnets)
      await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
    await project.write(".keep", "");
    await project.write(
      "bertops.yaml",
      "name: demo\nservice:\n  instances:\n    min: 2\n    max: 2\nssh:\n  admit: none\n",
    );
    await project.init();
  }, 120_000);
  afterAll(() => project.close());

  async function failure(access: HostAccess | undefined): Promise<UserError> {
    const thrown = await access!.connect(project.stop.signal).then(
      (connection: Connection) => {
        connection.close();
        return new Error("it connected");
      },
      (error: unknown) => error,
    );
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }

  it("says which ways can be made, with their commands, where there is none", async () => {
    const [first, second, ...more] = await project.hosts();
    expect(more).toEqual([]);
    for (const access of [first, second]) {
      const error = await failure(access);
      expect(error).toMatchObject({ reason: "no-way-in", exitCode: 1 });
      expect(error.next[0]).toMatch(
        /^aws ec2 create-instance-connect-endpoint --subnet-id subnet-\w+ --security-group-ids sg-\w+$/u,
      );
    }
    expect(await failure((await project.hosts({ via: "jump" }))[0])).toMatchObject({
      reason: "no-jump",
      exitCode: 2,
    });
  });

  it("opens a tunnel through an Instance Connect Endpoint, once the group admits it", async () => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SubnetId, VpcId } = Subnets[0]!;
    const made = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "eice", Description: "endpoint", VpcId }),
    );
    endpointGroup = made.GroupId!;
    await ec2.send(new CreateInstanceConnectEndpointCommand({ SubnetId, SecurityGroupIds: [endpointGroup] }));
    await eventually(async () => {
      const answer = await ec2.send(new DescribeInstanceConnectEndpointsCommand({}));
      return answer.InstanceConnectEndpoints?.every(({ State }) => State === "create-complete");
    });
    const aws = await project.aws();
    [endpoint] = (await aws.connectEndpoints.inVpc(VpcId!)) as [ConnectEndpoint];
    expect(endpoint.dnsName).toMatch(/^eice-\w+\.ec2-instance-connect-endpoint\.us-east-1\.amazonaws\.com$/u);

    project.agrees = false;
    expect(await failure((await project.hosts())[0])).toMatchObject({
      reason: "ssh-closed",
      exitCode: 5,
      message: expect.stringMatching(/Unable to connect to target.*security group/u) as string,
    });
    const [instance] = await aws.instances.ofEnvironment("demo");
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: instance!.securityGroupIds[0],
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: endpointGroup }] },
        ],
      }),
    );
    for (const access of await project.hosts()) {
      const connection = await access.connect(project.stop.signal);
      expect((await connection.exec("whoami")).stdout).toBe("ec2-user\n");
      connection.close();
    }
  });

  it("carries megabytes both ways unchanged", async () => {
    const connection = await (await project.hosts({ via: "endpoint" }))[1]!.connect(project.stop.signal);
    const data = randomBytes(5_000_011);
    const sum = createHash("sha256").update(data).digest("hex");
    const result = await connection.exec("cat > /tmp/sent; sha256sum < /tmp/sent; base64 -w0 /tmp/sent", {
      stdin: data,
    });
    const [line = "", back = ""] = result.stdout.split("\n");
    expect(line.slice(0, 64)).toBe(sum);
    expect(createHash("sha256").update(Buffer.from(back, "base64")).digest("hex")).toBe(sum);
    connection.close();
  });

  it("shows no secret to the host, and none in what it prints", async () => {
    const secret = project.environment["AWS_SECRET_ACCESS_KEY"]!;
    // The host looks at every process, and at every file of those who log in.
    const look =
      "id -un; for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ; tr '\\0' '\\n' <$p/cmdline; done 2>/dev/null; find /home /root /tmp /var/tmp /etc/ssh -newer /etc/hostname -type f -size -64k -exec cat {} + 2>/dev/null; true";
    const ended = await bertops(["ssh", "--verbose", "--", look], {
      cwd: project.directory,
      environment: project.environment,
    });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("ec2-user");
    // It saw its own environment, so that it would have seen a secret there.
    expect(ended.stdout).toContain("SSH_CONNECTION=");
    const printed = `${ended.stdout}${ended.stderr}`;
    expect(printed).toContain(`a tunnel through the endpoint ${endpoint.id}`);
    for (const word of [secret, secret.slice(0, 20), "X-Amz-Signature", "X-Amz-Credential", "AWS_SECRET"])
      expect(printed).not.toContain(word);
    // Nothing lets anybody in afterwards: the key was admitted for a minute, and is written nowhere.
    const keys = await bertops(["ssh", "--", "cat ~/.ssh/authorized_keys"], {
      cwd: project.directory,
      environment: project.environment,
    });
    expect(keys.stdout).not.toContain("ssh-ed25519");
  });

  it("is refused by a signature that does not fit, and says which permission it takes", async () => {
    const aws = await project.aws();
    const [instance] = await aws.instances.ofEnvironment("demo");
    const url = await aws.connectEndpoints.tunnelUrl(endpoint, { privateIp: instance!.privateIp!, port: 22 });
    const { signal } = project.stop;
    for (const spoilt of [
      url.replace("remotePort=22", "remotePort=3389"),
      url.replace(/X-Amz-Signature=./u, "X-Amz-Signature=x"),
      url.replace(endpoint.id, "eice-0"),
    ])
      await expect(openTunnel(spoilt, "the endpoint", signal)).rejects.toMatchObject({
        reason: "tunnel-denied",
        exitCode: 4,
        hint: expect.stringContaining("ec2-instance-connect:OpenTunnel") as string,
      });
    await expect(
      openTunnel(
        await aws.connectEndpoints.tunnelUrl(endpoint, { privateIp: "172.31.250.250", port: 22 }),
        "it",
        signal,
      ),
    ).rejects.toMatchObject({
      reason: "tunnel-denied",
      message: expect.stringContaining("HTTP 400") as string,
    });
    (await openTunnel(url, "it", signal)).destroy();
  });
});
