/** A key pair; EC2 keeps the public half. */
export interface KeyPair {
  readonly keyPairId: string;
  readonly keyName: string;
  readonly keyType: "rsa" | "ed25519";
  readonly fingerprint: string;
  /** One line in OpenSSH's format. */
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
}
