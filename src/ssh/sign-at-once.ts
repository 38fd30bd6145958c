import type { Client, ParsedKey } from "ssh2";
import { member } from "./ssh2-parts.ts";

/** Digests of the algorithms that do not imply theirs. */
const DIGESTS: Readonly<Record<string, string>> = { "rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512" };

/**
 * Saves a login a round trip; called once ssh2 has begun it. ssh2 asks a host whether a key would do before it signs with it; here the
 * signature goes with the question, as RFC 4252 allows. Keys of an agent are still asked about first, since signing may need
 * a person's touch. Where ssh2 keeps its parts elsewhere, it logs in as ever.
 */
export function signAtOnce(client: Client): void {
  const protocol = member(client, "_protocol");
  if (!isProtocol(protocol)) return;
  const ask = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign !== undefined || !isPrivate(key)) {
      ask(user, key, algorithm, sign);
      return;
    }
    ask(user, key, algorithm, (data, done) => {
      const signature = key.sign(data, DIGESTS[algorithm ?? ""]);
      // The usual way will say what is wrong with it.
      if (signature instanceof Error) ask(user, key, algorithm);
      else done(signature);
    });
  };
}

/** The part of ssh2's protocol that is meant. */
interface Protocol {
  authPK(user: string, key: unknown, algorithm?: string, sign?: Sign): void;
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

function isPrivate(key: unknown): key is ParsedKey {
  const test = member(key, "isPrivateKey");
  return typeof test === "function" && test.call(key) === true;
}

function isProtocol(value: unknown): value is Protocol {
  return typeof member(value, "authPK") === "function";
}
