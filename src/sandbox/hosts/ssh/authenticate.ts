import ssh2 from "ssh2";
import type { AuthContext, ParsedKey } from "ssh2";

const METHODS: ["publickey"] = ["publickey"];

/**
 * Decides one attempt to log in: a public key that the region authorises for this user now, and, once the client signs, a
 * signature that the key verifies.
 */
export function authenticate(context: AuthContext, authorized: (user: string) => readonly string[]): void {
  if (context.method !== "publickey") {
    context.reject(METHODS);
    return;
  }
  const { key, signature, blob, hashAlgo } = context;
  const known = authorized(context.username)
    .map(parsed)
    .find((each) => each?.getPublicSSH().equals(key.data));
  if (known === undefined) {
    context.reject(METHODS);
    return;
  }
  // Without a signature the client only asks whether the key would do.
  if (signature === undefined) {
    context.accept();
    return;
  }
  const verified = blob !== undefined && known.verify(blob, signature, hashAlgo) === true;
  if (verified) context.accept();
  else context.reject(METHODS);
}

function parsed(line: string): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(line.trim());
  return key instanceof Error ? undefined : key;
}
