import { resourceId } from "../identifiers.ts";
import { ServiceError } from "../wire/operation.ts";
import type { KeyPair } from "./key-pair.ts";
import type { Ec2State } from "./state.ts";

/** Registers a key pair. Throws `InvalidKeyPair.Duplicate`, and `InvalidParameterValue` for an unusable name. */
export function addKeyPair(
  ec2: Ec2State,
  wanted: Pick<KeyPair, "keyName" | "keyType" | "fingerprint" | "publicKey" | "tags">,
): KeyPair {
  if (!/^[\x20-\x7E]{1,255}$/.test(wanted.keyName) || wanted.keyName !== wanted.keyName.trim()) {
    throw new ServiceError(
      "InvalidParameterValue",
      `Value (${wanted.keyName}) for parameter keyName is invalid. Length must be from 1 to 255 ASCII characters, without spaces at the ends.`,
    );
  }
  if (ec2.keyPairs.has(wanted.keyName)) {
    throw new ServiceError("InvalidKeyPair.Duplicate", `The keypair already exists`);
  }
  const pair: KeyPair = { ...wanted, keyPairId: resourceId("key"), createdAt: new Date() };
  ec2.keyPairs.set(pair.keyName, pair);
  return pair;
}
