import {
  RevokeSecurityGroupIngress$,
  type RevokeSecurityGroupIngressRequest,
  type RevokeSecurityGroupIngressResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { revokeRules } from "./revoke-rules.ts";

/** RevokeSecurityGroupIngress. */
export const revokeSecurityGroupIngress: Operation<
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult
> = {
  schema: RevokeSecurityGroupIngress$,
  run: ({ ec2 }, input) => revokeRules(ec2, input, false),
};
