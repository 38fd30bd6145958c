import { GetCallerIdentity$, type GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import type { Operation } from "../wire/operation.ts";

/** GetCallerIdentity: the owner of the access key. */
export const getCallerIdentity: Operation<object, GetCallerIdentityResponse> = {
  schema: GetCallerIdentity$,
  run: (_region, _input, caller) => ({
    UserId: caller.userId,
    Account: caller.accountId,
    Arn: caller.userArn,
  }),
};
