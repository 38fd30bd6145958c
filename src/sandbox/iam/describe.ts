import type {
  InstanceProfile as ProfileDescription,
  Role as RoleDescription,
  Tag,
} from "@aws-sdk/client-iam";
import type { IamState, InstanceProfile, Role } from "./state.ts";

/** A role as IAM shows it; policy documents are percent-encoded JSON. */
export function describeRole(role: Role): RoleDescription {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.tags.size > 0 ? { Tags: listTags(role.tags) } : {}),
  };
}

/** An instance profile as IAM shows it, with its roles. */
export function describeInstanceProfile(iam: IamState, profile: InstanceProfile): ProfileDescription {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles: profile.roles.flatMap((name) => {
      const role = iam.roles.get(name);
      return role ? [describeRole(role)] : [];
    }),
    ...(profile.tags.size > 0 ? { Tags: listTags(profile.tags) } : {}),
  };
}

/** Tags as IAM lists them. */
export function listTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** The tags of a request. */
export function readTags(tags: readonly Tag[] | undefined): Map<string, string> {
  return new Map((tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
}
