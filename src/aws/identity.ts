import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";

/** Who calls. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
  /** aws, aws-cn or aws-us-gov. */
  readonly partition: string;
}

export interface Identities {
  caller(): Promise<Identity>;
}

/** Opens the STS adapter. */
export function openIdentities(sts: STSClient): Identities {
  return {
    async caller() {
      const answer = await sts.send(new GetCallerIdentityCommand({}));
      const arn = answer.Arn ?? "";
      return { accountId: answer.Account ?? "", arn, partition: arn.split(":")[1] ?? "aws" };
    },
  };
}
