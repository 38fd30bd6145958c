import { uniqueId } from "../identifiers.ts";

/** An access key and whom it stands for. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly userArn: string;
  readonly userId: string;
}

/** An IAM user. The sandbox has one, who owns the access key and may do everything. */
export interface User {
  readonly name: string;
  readonly userId: string;
  readonly arn: string;
  readonly createdAt: Date;
}

/** An IAM role, service-linked ones included. */
export interface Role {
  readonly name: string;
  readonly roleId: string;
  readonly arn: string;
  readonly path: string;
  readonly createdAt: Date;
  description: string | undefined;
  maxSessionDuration: number;
  /** The trust policy as JSON text. */
  trustPolicy: string;
  /** ARNs of attached managed policies. */
  readonly attachedPolicies: Set<string>;
  /** Inline policies: name -> JSON text. */
  readonly inlinePolicies: Map<string, string>;
  readonly tags: Map<string, string>;
}

/** An instance profile and the roles in it (IAM allows one). */
export interface InstanceProfile {
  readonly name: string;
  readonly instanceProfileId: string;
  readonly arn: string;
  readonly path: string;
  readonly createdAt: Date;
  /** Names of roles. */
  readonly roles: string[];
  readonly tags: Map<string, string>;
}

/** Everything that IAM knows. */
export interface IamState {
  readonly accountId: string;
  readonly accessKeys: Map<string, AccessKey>;
  readonly user: User;
  readonly roles: Map<string, Role>;
  readonly instanceProfiles: Map<string, InstanceProfile>;
}

/** Starts IAM with one user, who owns the given access key. */
export function createIamState(
  accountId: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): IamState {
  const user: User = {
    name: "sandbox",
    userId: uniqueId("AIDA"),
    arn: `arn:aws:iam::${accountId}:user/sandbox`,
    createdAt: new Date(),
  };
  const key: AccessKey = { ...credentials, userArn: user.arn, userId: user.userId };
  return {
    accountId,
    accessKeys: new Map([[key.accessKeyId, key]]),
    user,
    roles: new Map(),
    instanceProfiles: new Map(),
  };
}
