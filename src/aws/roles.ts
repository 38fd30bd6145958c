import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  type Tag,
} from "@aws-sdk/client-iam";
import { errorCode } from "./errors.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ARNs of attached managed policies. */
  readonly policies: readonly string[];
  /** Documents of the policies that only this role has, by name. */
  readonly inline: Readonly<Record<string, string>>;
}

export interface InstanceProfile {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the roles in it: at most one. */
  readonly roles: readonly string[];
}

type Tags = Readonly<Record<string, string>>;

export interface Roles {
  role(name: string): Promise<Role | undefined>;
  profile(name: string): Promise<InstanceProfile | undefined>;
  /** Answers the ARN. A role that is there already is no error. */
  createRole(role: {
    name: string;
    path: string;
    description: string;
    trust: string;
    tags: Tags;
  }): Promise<string>;
  attach(role: string, policyArn: string): Promise<void>;
  /** Writes a policy that only this role has, over one of the same name. */
  putPolicy(role: string, name: string, document: string): Promise<void>;
  /** Removes such a policy; one that is gone already is no error. */
  deletePolicy(role: string, name: string): Promise<void>;
  createProfile(profile: { name: string; path: string; tags: Tags }): Promise<void>;
  addToProfile(profile: string, role: string): Promise<void>;
  /** Detaches everything and deletes; one that is gone already is no error. */
  deleteRole(name: string): Promise<void>;
  deleteProfile(name: string): Promise<void>;
}

/** Opens IAM's roles and instance profiles. */
export function openRoles(iam: IAMClient): Roles {
  const attached = async (role: string): Promise<string[]> => {
    const policies: string[] = [];
    const pages = paginateListAttachedRolePolicies({ client: iam }, { RoleName: role });
    for await (const page of pages)
      policies.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
    return policies;
  };
  const inline = async (role: string): Promise<Record<string, string>> => {
    const documents: Record<string, string> = {};
    const pages = paginateListRolePolicies({ client: iam }, { RoleName: role });
    for await (const page of pages) {
      for (const name of page.PolicyNames ?? []) {
        const found = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
        documents[name] = decodeURIComponent(found.PolicyDocument ?? "");
      }
    }
    return documents;
  };
  const profile = async (name: string): Promise<InstanceProfile | undefined> => {
    const answer = await existing(iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })));
    const found = answer?.InstanceProfile;
    return found === undefined
      ? undefined
      : {
          name,
          arn: found.Arn ?? "",
          tags: fromTags(found.Tags),
          roles: (found.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []),
        };
  };
  return {
    profile,
    async role(name) {
      const answer = await existing(iam.send(new GetRoleCommand({ RoleName: name })));
      const found = answer?.Role;
      if (found === undefined) return undefined;
      return {
        name,
        arn: found.Arn ?? "",
        tags: fromTags(found.Tags),
        policies: await attached(name),
        inline: await inline(name),
      };
    },
    async createRole({ name, path, description, trust, tags }) {
      const answer = await iam.send(
        new CreateRoleCommand({
          RoleName: name,
          Path: path,
          Description: description,
          AssumeRolePolicyDocument: trust,
          Tags: toTags(tags),
        }),
      );
      return answer.Role?.Arn ?? "";
    },
    async attach(role, policyArn) {
      await iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    },
    async putPolicy(role, name, document) {
      await iam.send(
        new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: document }),
      );
    },
    async deletePolicy(role, name) {
      await existing(iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })));
    },
    async createProfile({ name, path, tags }) {
      await iam.send(
        new CreateInstanceProfileCommand({ InstanceProfileName: name, Path: path, Tags: toTags(tags) }),
      );
    },
    async addToProfile(name, role) {
      await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: role }));
    },
    async deleteRole(name) {
      if ((await existing(iam.send(new GetRoleCommand({ RoleName: name })))) === undefined) return;
      for (const policy of await attached(name))
        await existing(iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: policy })));
      for (const policy of Object.keys(await inline(name)))
        await existing(iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: policy })));
      await existing(iam.send(new DeleteRoleCommand({ RoleName: name })));
    },
    async deleteProfile(name) {
      const found = await profile(name);
      if (found === undefined) return;
      for (const role of found.roles)
        await existing(
          iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: role })),
        );
      await existing(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: name })));
    },
  };
}

/** The answer, or undefined where IAM knows no such thing. */
async function existing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (errorCode(error) === "NoSuchEntityException" || errorCode(error) === "NoSuchEntity") return undefined;
    throw error;
  }
}

function toTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function fromTags(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}
