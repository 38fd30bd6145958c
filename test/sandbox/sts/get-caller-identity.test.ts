import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
});
afterAll(() => sandbox.close());

test("the owner of the key, with a request id, from the region's endpoint and the global one", async () => {
  for (const region of ["eu-west-1", "us-east-1"]) {
    const answer = await new STSClient({ ...sandbox.client, region }).send(new GetCallerIdentityCommand({}));
    expect(answer).toMatchObject({
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:user/sandbox",
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      $metadata: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  }
});
