import { GetUser$, type GetUserRequest, type GetUserResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeUser } from "./describe-user.ts";
import { noSuchEntity } from "./find.ts";

/** GetUser: the one user, who owns the access key. */
export const getUser: Operation<GetUserRequest, GetUserResponse> = {
  schema: GetUser$,
  run({ iam }, input) {
    const name = input.UserName ?? iam.user.name;
    if (name !== iam.user.name) throw noSuchEntity(`The user with name ${name} cannot be found.`);
    return { User: describeUser(iam.user) };
  },
};
