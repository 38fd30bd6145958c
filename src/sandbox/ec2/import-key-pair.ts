import { ImportKeyPair$, type ImportKeyPairRequest, type ImportKeyPairResult } from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { addKeyPair } from "./add-key-pair.ts";
import { importedFingerprint, readPublicKey } from "./public-key.ts";
import { listTags, requestedTags } from "./tags.ts";

/** ImportKeyPair: RSA or ED25519, in OpenSSH's format. */
export const importKeyPair: Operation<ImportKeyPairRequest, ImportKeyPairResult> = {
  schema: ImportKeyPair$,
  run({ ec2 }, input) {
    const tags = requestedTags(input.TagSpecifications, "key-pair");
    const key = readPublicKey(Buffer.from(input.PublicKeyMaterial!).toString("utf8"));
    if (!key) {
      throw new ServiceError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    }
    const pair = addKeyPair(ec2, {
      keyName: input.KeyName!,
      keyType: key.type,
      fingerprint: importedFingerprint(key),
      publicKey: key.line,
      tags,
    });
    return {
      KeyName: pair.keyName,
      KeyPairId: pair.keyPairId,
      KeyFingerprint: pair.fingerprint,
      Tags: listTags(tags),
    };
  },
};
