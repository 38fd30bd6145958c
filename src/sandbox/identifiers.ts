import { randomBytes, randomInt } from "node:crypto";

/** A new resource id as EC2 and EFS write them: `fs-0123456789abcdef0`. */
export function resourceId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}

const UNIQUE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new unique id as IAM writes them: `AROA` and 17 more capitals and digits. */
export function uniqueId(prefix: string): string {
  let id = prefix;
  for (let i = 0; i < 17; i++) id += UNIQUE_ID_ALPHABET[randomInt(UNIQUE_ID_ALPHABET.length)];
  return id;
}
