import {
  CreateKeyPair$,
  type CreateKeyPairRequest,
  type KeyPair as CreatedKeyPair,
} from "@aws-sdk/client-ec2";
import { createHash, createPrivateKey } from "node:crypto";
import ssh2 from "ssh2";
import { makeEd25519Key } from "../ed25519-key.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { addKeyPair } from "./add-key-pair.ts";
import { colons, importedFingerprint, readPublicKey } from "./public-key.ts";
import { listTags, requestedTags } from "./tags.ts";

/** CreateKeyPair: the one answer that holds the private half. */
export const createKeyPair: Operation<CreateKeyPairRequest, CreatedKeyPair> = {
  schema: CreateKeyPair$,
  run({ ec2 }, input) {
    const tags = requestedTags(input.TagSpecifications, "key-pair");
    if (input.KeyFormat === "ppk") {
      throw new ServiceError("UnsupportedOperation", "The sandbox does not write keys in PuTTY's format.");
    }
    const keyType = input.KeyType ?? "rsa";
    const generated =
      keyType === "rsa" ? ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 }) : makeEd25519Key("");
    const key = readPublicKey(generated.public)!;
    const pair = addKeyPair(ec2, {
      keyName: input.KeyName!,
      keyType,
      fingerprint: keyType === "rsa" ? createdFingerprint(generated.private) : importedFingerprint(key),
      publicKey: key.line,
      tags,
    });
    return {
      KeyName: pair.keyName,
      KeyPairId: pair.keyPairId,
      KeyFingerprint: pair.fingerprint,
      KeyMaterial: generated.private,
      Tags: listTags(tags),
    };
  },
};

/** For an RSA key that EC2 made it shows SHA-1 of the private key's PKCS#8 DER. */
function createdFingerprint(pem: string): string {
  const parsed = ssh2.utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  const der = createPrivateKey(parsed.getPrivatePEM()).export({ type: "pkcs8", format: "der" });
  return colons(createHash("sha1").update(der).digest("hex"));
}
