import type { Policy } from "@aws-sdk/client-iam";
import type { ManagedPolicy } from "./managed-policies.ts";

const CREATED = new Date("2015-02-06T18:40:00Z");

/** A managed policy as IAM shows it. */
export function describePolicy(policy: ManagedPolicy, attachmentCount: number): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: "v1",
    AttachmentCount: attachmentCount,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: !policy.path.startsWith("/aws-service-role/"),
    CreateDate: CREATED,
    UpdateDate: CREATED,
  };
}
