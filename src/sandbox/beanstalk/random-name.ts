import { randomInt } from "node:crypto";

/** Random characters of an alphabet, for the ids and suffixes that AWS makes up. */
export function randomName(length: number, alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
