import { describe, expect, test } from "vitest";
import { errorCode, errorMessage, toUserError } from "../../src/aws/errors.ts";
import { compareVersions } from "../../src/aws/platforms.ts";
import type { UserError } from "../../src/errors.ts";

const call = { client: "ElasticBeanstalkClient", command: "CreateEnvironmentCommand", region: "us-east-1" };

/** An error as the SDK throws it: the service's code is its name. */
function answered(code: string, message = "words"): Error {
  return Object.assign(new Error(message), { name: code });
}

/** An error as the network throws it. */
function network(code: string, message = "words"): Error {
  return Object.assign(new Error(message), { code });
}

describe("what an error of AWS means", () => {
  test.each<[Error, string, number]>([
    [answered("CredentialsProviderError"), "no-credentials", 4],
    [answered("ExpiredToken"), "credentials-expired", 4],
    [answered("RequestExpired"), "credentials-expired", 4],
    [answered("InvalidClientTokenId"), "credentials-refused", 4],
    [answered("SignatureDoesNotMatch"), "credentials-refused", 4],
    [
      answered("SignatureDoesNotMatch", "Signature expired: 20260101T000000Z is now earlier"),
      "clock-skew",
      4,
    ],
    [
      answered("SignatureDoesNotMatch", "Credential should be scoped to a valid region, not 'x'"),
      "wrong-region",
      4,
    ],
    [answered("UnauthorizedOperation"), "access-denied", 4],
    [answered("InsufficientPrivilegesException"), "access-denied", 4],
    [answered("Throttling", "Rate exceeded"), "aws-busy", 5],
    [network("ECONNREFUSED"), "network", 5],
    [network("ENOTFOUND", "getaddrinfo ENOTFOUND ec2.us-east-1.amazonaws.com"), "network", 5],
    [answered("TimeoutError"), "network", 5],
    [new Error("Region is missing"), "no-region", 2],
    [answered("InvalidParameterValue"), "aws-refused", 1],
  ])("%s: %s, exit code %i", (error, reason, exitCode) => {
    expect(toUserError(error, call)).toMatchObject({ reason, exitCode, cause: error });
  });

  test("a denied call names the action to allow", () => {
    const error = toUserError(answered("AccessDenied"), call);
    expect(error.message).toContain("elasticbeanstalk:CreateEnvironment");
    expect(error.hint).toContain("elasticbeanstalk:CreateEnvironment");
  });

  test("a host that does not exist in a region that does not either is a wrong region", () => {
    const error = network("ENOTFOUND", "getaddrinfo ENOTFOUND ec2.us-eats-1.amazonaws.com");
    expect(toUserError(error, { ...call, region: "us-eats-1" })).toMatchObject({
      reason: "wrong-region",
      exitCode: 4,
      hint: expect.stringContaining("us-east-1"),
    });
  });

  test("the service's code and words are found through the wrapping", () => {
    const wrapped: UserError = toUserError(answered("InvalidGroup.Duplicate", "exists"), call);
    expect([errorCode(wrapped), errorMessage(wrapped)]).toEqual(["InvalidGroup.Duplicate", "exists"]);
    expect(toUserError(wrapped, call)).toBe(wrapped);
  });
});

test("versions are compared by their numbers", () => {
  expect(["6.9.10", "6.11.7", "6.11.10"].toSorted(compareVersions)).toEqual(["6.9.10", "6.11.7", "6.11.10"]);
});
