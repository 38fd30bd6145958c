import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateApplicationCommand, ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../src/result.ts";
import { init } from "../../src/operations/init.ts";
import { prepare } from "../../src/operations/provision/provision.ts";
import { Project } from "./project.ts";

/** What is wrong is said with its exit code, and nothing is changed. */
describe("init refuses", () => {
  let project: Project;
  let before: unknown;

  const run = async (
    environment: Record<string, string> = {},
    yaml = "name: demo\n",
    flags: Record<string, string> = {},
  ): Promise<CommandResult> => {
    await project.write("bertops.yaml", yaml);
    const kept = project.environment;
    project.environment = { ...kept, ...environment };
    try {
      return await project.init({ flags });
    } finally {
      project.environment = kept;
    }
  };

  beforeAll(async () => {
    project = await Project.open();
    before = await project.inventory();
  });
  afterAll(() => project.close());

  test.each<[string, Record<string, string>, string, string, number]>([
    [
      "keys that AWS does not know",
      { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" },
      "name: demo\n",
      "credentials-refused",
      4,
    ],
    ["a wrong secret", { AWS_SECRET_ACCESS_KEY: "wrong" }, "name: demo\n", "credentials-refused", 4],
    ["another region than the endpoint's", { AWS_REGION: "eu-west-9" }, "name: demo\n", "wrong-region", 4],
    ["an endpoint where nobody is", { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, "name: demo\n", "network", 5],
    [
      "a platform that does not exist",
      {},
      'name: demo\nservice: { platform: "Node.js 42 running on 64bit Amazon Linux 2023" }\n',
      "no-platform",
      2,
    ],
    [
      "an instance type that does not exist",
      {},
      "name: demo\nservice: { instanceType: t9.small }\n",
      "no-instance-type",
      2,
    ],
    ["a VPC that does not exist", {}, "name: demo\nnetwork: { vpcId: vpc-0123456789abcdef0 }\n", "no-vpc", 2],
    [
      "a file system that does not exist",
      {},
      "name: demo\nfileSystem: { id: fs-0123456789abcdef0 }\n",
      "no-file-system",
      2,
    ],
  ])(
    "%s",
    async (_, environment, yaml, reason, exitCode) => {
      await expect(run(environment, yaml)).rejects.toMatchObject({ reason, exitCode });
      expect(await project.inventory()).toEqual(before);
    },
    30_000,
  );

  test("a bertops.yaml with a mistake, before any call", async () => {
    await expect(
      run({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, "name: demo\nservce: {}\n"),
    ).rejects.toMatchObject({
      reason: "bad-config",
      exitCode: 2,
      hint: "Did you mean service?",
    });
  });

  test("another name than the file's", async () => {
    await project.write("bertops.yaml", "name: demo\n");
    const named = init(
      {
        file: `${project.directory}/bertops.yaml`,
        name: "other",
        flags: {},
        scaffoldOnly: true,
        dryRun: false,
      },
      (config) => project.aws(config),
      project.world(),
    );
    await expect(named).rejects.toMatchObject({ reason: "name-differs", exitCode: 2 });
  });

  test("names that somebody else has taken", async () => {
    const settings = {
      endpoint: project.region.region.endpoint,
      region: "us-east-1",
      credentials: {
        accessKeyId: project.region.accessKeyId,
        secretAccessKey: project.region.secretAccessKey,
      },
    };
    const ec2 = new EC2Client(settings);
    const beanstalk = new ElasticBeanstalkClient(settings);
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { GroupId = "" } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: "bertops-demo-efs",
        Description: "mine",
        VpcId: Vpcs[0]?.VpcId,
      }),
    );
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
        ],
      }),
    );
    await beanstalk.send(new CreateApplicationCommand({ ApplicationName: "demo" }));
    const taken = await project.inventory();
    await expect(run()).rejects.toMatchObject({
      reason: "name-taken",
      exitCode: 2,
      message:
        "The name is taken: security group bertops-demo-efs, application demo were not made by bertops; bertops leaves them alone.",
    });
    expect(await project.inventory()).toEqual(taken);
  });
});

describe("answers of AWS that no sandbox gives", () => {
  let server: Server;
  let answer: { status: number; body: string };
  let project: Project;

  beforeAll(async () => {
    project = await Project.open();
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status, { "content-type": "text/xml" }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await project.close();
  });

  const error = (code: string, message: string): string =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

  test.each([
    ["ExpiredToken", "The security token included in the request is expired", 403, "credentials-expired", 4],
    ["AccessDenied", "User: x is not authorized to perform: sts:GetCallerIdentity", 403, "access-denied", 4],
  ])("%s", async (code, message, httpStatus, reason, exitCode) => {
    answer = { status: httpStatus, body: error(code, message) };
    const { port } = server.address() as AddressInfo;
    project.environment = { ...project.environment, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const config = await project.config();
    const planned = prepare(
      config,
      { install: false, admitCaller: true },
      await project.aws(config),
      project.world(),
    );
    await expect(planned).rejects.toMatchObject({
      reason,
      exitCode,
      message: expect.stringContaining("sts:GetCallerIdentity"),
    });
  });
});
