import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addKeyPair } from "../../../src/sandbox/ec2/add-key-pair.ts";
import { terminateInstance } from "../../../src/sandbox/ec2/end-instance.ts";
import { runInstance } from "../../../src/sandbox/ec2/run-instance.ts";
import { makeEd25519Key } from "../../../src/sandbox/ed25519-key.ts";
import { gates } from "../../../src/sandbox/gates.ts";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let connect: EC2InstanceConnectClient;
beforeAll(async () => {
  sandbox = await openTestRegion({ timings: { instanceConnectKey: 1500 } });
  connect = new EC2InstanceConnectClient(sandbox.client);
});
afterAll(() => sandbox.close());

const { public: line } = makeEd25519Key("me@here");
const pair = makeEd25519Key("").public.trim();

test("the key admits its user for a while, beside the key pair", async () => {
  const { region } = sandbox;
  addKeyPair(region.ec2, {
    keyName: "pair",
    keyType: "ed25519",
    fingerprint: "",
    publicKey: pair,
    tags: new Map(),
  });
  const [subnet] = region.ec2.subnets.values();
  const instance = runInstance(region, {
    instanceType: "t3.small",
    subnetId: subnet!.subnetId,
    securityGroupIds: [],
    keyName: "pair",
  });
  const InstanceId = instance.instanceId;
  const send = (more: object = {}) =>
    connect.send(
      new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser: "ec2-user", SSHPublicKey: line, ...more }),
    );
  await eventually(async () => instance.state === "running");
  const gate = gates(region.name, () => region);
  const authorizedKeys = (id: string, user: string) => gate.authorizedKeys(id, user);
  expect(authorizedKeys(InstanceId, "ec2-user")).toEqual([pair]);
  expect(await send()).toMatchObject({ Success: true, RequestId: expect.any(String) });
  const pushed = line.split(" ").slice(0, 2).join(" ");
  expect(authorizedKeys(InstanceId, "ec2-user")).toEqual([pushed, pair]);
  expect(authorizedKeys(InstanceId, "root")).toEqual([]);
  await eventually(async () => authorizedKeys(InstanceId, "ec2-user").length === 1);

  const notKey = `ssh-ed25519 ${"A".repeat(100)}`;
  await expect(send({ SSHPublicKey: notKey })).rejects.toMatchObject({ name: "InvalidArgsException" });
  await expect(send({ InstanceOSUser: "no spaces" })).rejects.toMatchObject({ name: "InvalidArgsException" });
  await expect(send({ AvailabilityZone: "eu-west-1c" })).rejects.toMatchObject({
    name: "EC2InstanceNotFoundException",
  });
  await expect(send({ InstanceId: "i-0123456789abcdef0" })).rejects.toMatchObject({
    name: "EC2InstanceNotFoundException",
    $metadata: { httpStatusCode: 404 },
  });
  const ending = terminateInstance(region, InstanceId);
  await expect(send()).rejects.toMatchObject({
    name: expect.stringMatching(/^EC2Instance(?:StateInvalid|NotFound)Exception$/),
  });
  await ending;
});
