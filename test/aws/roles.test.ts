import { IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { openRoles } from "../../src/aws/roles.ts";
import { openTestRegion } from "../sandbox/open-test-region.ts";

test("a role's own policies are written, read back as they were, and go with it", async () => {
  const region = await openTestRegion();
  try {
    const roles = openRoles(new IAMClient(region.client));
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    await roles.createRole({ name: "demo", path: "/bertops/", description: "", trust, tags: {} });
    const document = (resource: string): string =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: resource }],
      });
    const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b+c=d-AbCdEf";
    await roles.putPolicy("demo", "bertops-token", document("arn:aws:secretsmanager:*:*:secret:x"));
    await roles.putPolicy("demo", "bertops-token", document(arn));
    expect((await roles.role("demo"))?.inline).toEqual({ "bertops-token": document(arn) });
    for (let time = 0; time < 2; time += 1) await roles.deletePolicy("demo", "bertops-token");
    expect((await roles.role("demo"))?.inline).toEqual({});
    await roles.putPolicy("demo", "bertops-token", document(arn));
    await roles.deleteRole("demo");
    expect(await roles.role("demo")).toBeUndefined();
  } finally {
    await region.close();
  }
});
