import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let iam: IAMClient;
beforeAll(async () => {
  sandbox = await openTestRegion();
  iam = new IAMClient(sandbox.client);
});
afterAll(() => sandbox.close());

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const WEB_TIER = "arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier";

async function makeRole(RoleName: string): Promise<string> {
  const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  return made.Role!.Arn!;
}

describe("roles", () => {
  test("are made, found, listed, tagged", async () => {
    const made = await iam.send(
      new CreateRoleCommand({
        RoleName: "web",
        Path: "/bertops/",
        AssumeRolePolicyDocument: TRUST,
        Description: "instances",
        Tags: [{ Key: "a", Value: "1" }],
      }),
    );
    expect(made.Role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/bertops/web",
      RoleId: expect.stringMatching(/^AROA/),
    });
    await iam.send(new TagRoleCommand({ RoleName: "web", Tags: [{ Key: "b", Value: "2" }] }));
    await iam.send(new UntagRoleCommand({ RoleName: "web", TagKeys: ["a"] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName: "web" }))).Tags).toEqual([
      { Key: "b", Value: "2" },
    ]);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "web" }));
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(TRUST);
    await makeRole("other");
    const first = await iam.send(new ListRolesCommand({ MaxItems: 1 }));
    expect([first.IsTruncated, first.Roles?.map((role) => role.RoleName)]).toEqual([true, ["other"]]);
    const second = await iam.send(new ListRolesCommand({ Marker: first.Marker! }));
    expect([second.IsTruncated, second.Roles?.map((role) => role.RoleName)]).toEqual([false, ["web"]]);
    const ours = await iam.send(new ListRolesCommand({ PathPrefix: "/bertops/" }));
    expect(ours.Roles).toHaveLength(1);
  });

  test("have unique names and sound trust policies", async () => {
    await makeRole("taken");
    await expect(makeRole("taken")).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Role with name taken already exists.",
      $metadata: { httpStatusCode: 409 },
    });
    for (const document of ["{", "{}", '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}']) {
      await expect(
        iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "taken", PolicyDocument: document })),
      ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
    }
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "taken", PolicyDocument: TRUST }));
    await expect(iam.send(new GetRoleCommand({ RoleName: "nobody" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name nobody cannot be found.",
    });
  });

  test("carry managed and inline policies, and can't be deleted with them", async () => {
    const RoleName = "carrying";
    await makeRole(RoleName);
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: WEB_TIER }));
    const inline = JSON.stringify({
      Statement: { Effect: "Allow", Action: "elasticfilesystem:*", Resource: "*" },
    });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "efs", PolicyDocument: inline }));
    await expect(
      iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/NoSuchPolicy" })),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(attached.AttachedPolicies).toEqual([
      { PolicyArn: WEB_TIER, PolicyName: "AWSElasticBeanstalkWebTier" },
    ]);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: WEB_TIER }));
    expect(Policy).toMatchObject({ AttachmentCount: 1, IsAttachable: true });
    const used = await iam.send(new ListPoliciesCommand({ OnlyAttached: true }));
    expect(used.Policies?.map((one) => one.Arn)).toEqual([WEB_TIER]);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(["efs"]);
    const kept = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "efs" }));
    expect(decodeURIComponent(kept.PolicyDocument!)).toBe(inline);

    const remove = () => iam.send(new DeleteRoleCommand({ RoleName }));
    await expect(remove()).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must detach all policies first.",
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: WEB_TIER }));
    await expect(remove()).rejects.toMatchObject({ name: "DeleteConflictException" });
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "efs" }));
    await expect(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "efs" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("of services belong to AWS", async () => {
    const made = await iam.send(
      new CreateServiceLinkedRoleCommand({ AWSServiceName: "elasticbeanstalk.amazonaws.com" }),
    );
    const RoleName = made.Role!.RoleName!;
    expect(RoleName).toBe("AWSServiceRoleForElasticBeanstalk");
    await expect(
      iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "elasticbeanstalk.amazonaws.com" })),
    ).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
    });
  });
});

test("an instance profile holds one role, and goes after it", async () => {
  const names = { RoleName: "profiled", InstanceProfileName: "profile" };
  await makeRole("profiled");
  await iam.send(new CreateInstanceProfileCommand(names));
  await expect(iam.send(new CreateInstanceProfileCommand(names))).rejects.toMatchObject({
    name: "EntityAlreadyExistsException",
  });
  await iam.send(new AddRoleToInstanceProfileCommand(names));
  await expect(iam.send(new AddRoleToInstanceProfileCommand(names))).rejects.toMatchObject({
    name: "LimitExceededException",
  });
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand(names));
  expect(InstanceProfile).toMatchObject({
    Arn: "arn:aws:iam::000000000000:instance-profile/profile",
    Roles: [{ RoleName: "profiled" }],
  });
  const all = await iam.send(new ListInstanceProfilesCommand({}));
  const ofRole = await iam.send(new ListInstanceProfilesForRoleCommand(names));
  expect([all.InstanceProfiles?.length, ofRole.InstanceProfiles?.length]).toEqual([1, 1]);
  await expect(iam.send(new DeleteRoleCommand(names))).rejects.toMatchObject({
    name: "DeleteConflictException",
  });
  await expect(iam.send(new DeleteInstanceProfileCommand(names))).rejects.toMatchObject({
    name: "DeleteConflictException",
  });
  await iam.send(new RemoveRoleFromInstanceProfileCommand(names));
  await iam.send(new DeleteInstanceProfileCommand(names));
  await expect(iam.send(new GetInstanceProfileCommand(names))).rejects.toMatchObject({
    name: "NoSuchEntityException",
    message: "Instance Profile profile cannot be found.",
  });
});

test("simulation: the user may do everything, a role what its policies allow and none denies", async () => {
  const { User } = await iam.send(new GetUserCommand({}));
  const roleArn = await makeRole("simulated");
  await iam.send(new AttachRolePolicyCommand({ RoleName: "simulated", PolicyArn: WEB_TIER }));
  const deny = { Statement: [{ Effect: "Deny", Action: ["s3:GetO*"], Resource: "arn:aws:s3:::secret/*" }] };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "simulated",
      PolicyName: "no",
      PolicyDocument: JSON.stringify(deny),
    }),
  );
  const ask = async (PolicySourceArn: string, ResourceArns?: string[]) => {
    const answer = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: ["s3:GetObject", "iam:CreateRole"],
        ...(ResourceArns ? { ResourceArns } : {}),
      }),
    );
    return answer.EvaluationResults?.map((one) => one.EvalDecision);
  };
  expect(await ask(User!.Arn!)).toEqual(["allowed", "allowed"]);
  expect(await ask(roleArn)).toEqual(["allowed", "implicitDeny"]);
  expect(await ask(roleArn, ["arn:aws:s3:::secret/x"])).toEqual(["explicitDeny", "implicitDeny"]);
  await expect(ask("arn:aws:iam::000000000000:role/nobody")).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
});

test("one user, no aliases", async () => {
  const users = await iam.send(new ListUsersCommand({}));
  expect(users.Users?.map((user) => user.UserName)).toEqual(["sandbox"]);
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  await expect(iam.send(new GetUserCommand({ UserName: "nobody" }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
});
