import {
  CreateKeyPairCommand,
  DeleteKeyPairCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  ImportKeyPairCommand,
} from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let ec2: EC2Client;
beforeAll(async () => {
  sandbox = await openTestRegion();
  ec2 = new EC2Client(sandbox.client);
});
afterAll(() => sandbox.close());

const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJRBPnVI2d1GSfKQbqU3D2tYeYoUKcWcYyt4QUYdlYlL somebody@example";

describe("importing", () => {
  test("an ED25519 key shows OpenSSH's fingerprint", async () => {
    const imported = await ec2.send(
      new ImportKeyPairCommand({ KeyName: "mine", PublicKeyMaterial: Buffer.from(ED25519) }),
    );
    const blob = Buffer.from(ED25519.split(" ")[1]!, "base64");
    expect(imported.KeyFingerprint).toBe(createHash("sha256").update(blob).digest("base64"));
    const { KeyPairs } = await ec2.send(
      new DescribeKeyPairsCommand({ KeyNames: ["mine"], IncludePublicKey: true }),
    );
    expect(KeyPairs).toMatchObject([
      { KeyName: "mine", KeyType: "ed25519", PublicKey: expect.stringContaining(ED25519.split(" ")[1]!) },
    ]);
  });

  test("an RSA key shows MD5 of its DER", async () => {
    const { public: line } = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });
    const imported = await ec2.send(
      new ImportKeyPairCommand({ KeyName: "rsa", PublicKeyMaterial: Buffer.from(line) }),
    );
    expect(imported.KeyFingerprint).toMatch(/^(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });

  test.each(["hello", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3MAAACB"])(
    "%s is no key",
    async (material) => {
      await expect(
        ec2.send(new ImportKeyPairCommand({ KeyName: "bad", PublicKeyMaterial: Buffer.from(material) })),
      ).rejects.toMatchObject({ name: "InvalidKey.Format" });
    },
  );

  test("a name that is taken is refused", async () => {
    await expect(
      ec2.send(new ImportKeyPairCommand({ KeyName: "mine", PublicKeyMaterial: Buffer.from(ED25519) })),
    ).rejects.toMatchObject({ name: "InvalidKeyPair.Duplicate" });
  });
});

test.each(["rsa", "ed25519"] as const)("a %s key that EC2 makes is usable and deleted", async (KeyType) => {
  const made = await ec2.send(new CreateKeyPairCommand({ KeyName: `made-${KeyType}`, KeyType }));
  const key = ssh2.utils.parseKey(made.KeyMaterial!);
  expect(key).not.toBeInstanceOf(Error);
  await ec2.send(new DeleteKeyPairCommand({ KeyName: `made-${KeyType}` }));
  await ec2.send(new DeleteKeyPairCommand({ KeyName: `made-${KeyType}` }));
  await expect(
    ec2.send(new DescribeKeyPairsCommand({ KeyNames: [`made-${KeyType}`] })),
  ).rejects.toMatchObject({ name: "InvalidKeyPair.NotFound" });
});
