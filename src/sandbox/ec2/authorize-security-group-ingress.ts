import {
  AuthorizeSecurityGroupIngress$,
  type AuthorizeSecurityGroupIngressRequest,
  type AuthorizeSecurityGroupIngressResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { authorizeRules } from "./authorize-rules.ts";

/** AuthorizeSecurityGroupIngress. */
export const authorizeSecurityGroupIngress: Operation<
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult
> = {
  schema: AuthorizeSecurityGroupIngress$,
  run: ({ ec2 }, input) => authorizeRules(ec2, input, false),
};
