import { DeleteKeyPair$, type DeleteKeyPairRequest, type DeleteKeyPairResult } from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";

/** DeleteKeyPair; one that does not exist counts as deleted. */
export const deleteKeyPair: Operation<DeleteKeyPairRequest, DeleteKeyPairResult> = {
  schema: DeleteKeyPair$,
  run({ ec2 }, input) {
    if (input.KeyName === undefined && input.KeyPairId === undefined) {
      throw new ServiceError(
        "MissingParameter",
        "The request must contain the parameter keyName or keyPairId",
      );
    }
    const pair = [...ec2.keyPairs.values()].find(
      (one) => one.keyName === input.KeyName || one.keyPairId === input.KeyPairId,
    );
    if (!pair) return { Return: true };
    ec2.keyPairs.delete(pair.keyName);
    return { Return: true, KeyPairId: pair.keyPairId };
  },
};
