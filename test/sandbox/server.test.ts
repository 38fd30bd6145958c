import { CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "./open-test-region.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
});
afterAll(() => sandbox.close());

test("/checkip answers the caller's address", async () => {
  const response = await fetch(`${sandbox.region.endpoint}/checkip`);
  expect([response.status, await response.text()]).toEqual([200, "127.0.0.1\n"]);
});

test("/inventory lists what was made, and nothing of what every account has", async () => {
  const ask = async () => {
    const response = await fetch(`${sandbox.region.endpoint}/inventory`);
    return (await response.json()) as Record<string, string[]>;
  };
  expect(Object.values(await ask()).flat()).toEqual([]);
  const made = await new EC2Client(sandbox.client).send(
    new CreateSecurityGroupCommand({ GroupName: "mine", Description: "mine" }),
  );
  expect((await ask())["security groups"]).toEqual([`${made.GroupId} (mine)`]);
});

test("/inventory is not for pages that reach the port under a name of their own", async () => {
  const status = await new Promise((resolve, reject) => {
    const url = new URL(`${sandbox.region.endpoint}/inventory`);
    const headers = { host: "evil.example" };
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
  expect(status).toBe(403);
});

test("malformed URLs are answered, and the next request too", async () => {
  const bad = await fetch(`${sandbox.region.endpoint}/?a=%E0%A4%A`);
  expect(bad.status).toBe(400);
  expect((await fetch(`${sandbox.region.endpoint}/checkip`)).status).toBe(200);
});
