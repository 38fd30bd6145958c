import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/**
 * Makes a private key that may be exported. The key of `generateKeyPairSync` itself may not: when Node.js 20 frees what made a key
 * while that key is exported, it waits for itself, for ever.
 */
export function newPrivateKey(kind: "ed25519" | "P-256"): KeyObject {
  return createPrivateKey({ key: kind === "ed25519" ? ed25519() : p256(), format: "der", type: "pkcs8" });
}

function ed25519(): Buffer {
  return generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" },
  }).privateKey;
}

function p256(): Buffer {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" },
  }).privateKey;
}
