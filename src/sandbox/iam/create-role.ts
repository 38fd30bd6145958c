import { CreateRole$, type CreateRoleRequest, type CreateRoleResponse } from "@aws-sdk/client-iam";
import { uniqueId } from "../identifiers.ts";
import type { Operation } from "../wire/operation.ts";
import { describeRole, readTags } from "./describe.ts";
import { alreadyExists } from "./find.ts";
import { checkTrustPolicy } from "./policy-document.ts";
import type { Role } from "./state.ts";

/** CreateRole. */
export const createRole: Operation<CreateRoleRequest, CreateRoleResponse> = {
  schema: CreateRole$,
  run({ iam, accountId }, input) {
    const name = input.RoleName!;
    if (iam.roles.has(name)) throw alreadyExists(`Role with name ${name} already exists.`);
    const trustPolicy = input.AssumeRolePolicyDocument!;
    checkTrustPolicy(trustPolicy);
    const path = input.Path ?? "/";
    const role: Role = {
      name,
      roleId: uniqueId("AROA"),
      arn: `arn:aws:iam::${accountId}:role${path}${name}`,
      path,
      createdAt: new Date(),
      description: input.Description,
      maxSessionDuration: input.MaxSessionDuration ?? 3600,
      trustPolicy,
      attachedPolicies: new Set(),
      inlinePolicies: new Map(),
      tags: readTags(input.Tags),
    };
    iam.roles.set(name, role);
    return { Role: describeRole(role) };
  },
};
