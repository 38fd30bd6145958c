import type { User as Description } from "@aws-sdk/client-iam";
import type { User } from "./state.ts";

/** A user as IAM shows it. */
export function describeUser(user: User): Description {
  return { Path: "/", UserName: user.name, UserId: user.userId, Arn: user.arn, CreateDate: user.createdAt };
}
