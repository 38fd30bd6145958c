import {
  AuthorizeSecurityGroupEgress$,
  type AuthorizeSecurityGroupEgressRequest,
  type AuthorizeSecurityGroupEgressResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { authorizeRules } from "./authorize-rules.ts";

/** AuthorizeSecurityGroupEgress. */
export const authorizeSecurityGroupEgress: Operation<
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult
> = {
  schema: AuthorizeSecurityGroupEgress$,
  run: ({ ec2 }, input) => authorizeRules(ec2, input, true),
};
