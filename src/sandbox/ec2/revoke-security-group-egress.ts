import {
  RevokeSecurityGroupEgress$,
  type RevokeSecurityGroupEgressRequest,
  type RevokeSecurityGroupEgressResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { revokeRules } from "./revoke-rules.ts";

/** RevokeSecurityGroupEgress. */
export const revokeSecurityGroupEgress: Operation<
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult
> = {
  schema: RevokeSecurityGroupEgress$,
  run: ({ ec2 }, input) => revokeRules(ec2, input, true),
};
