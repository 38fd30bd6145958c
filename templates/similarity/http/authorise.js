import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "./http-error.js";

/** @import { Tokens } from "./tokens.js" */

/**
 * Lets a request pass that carries one of the tokens, or any when none is asked for. Compares hashes, in constant time, so
 * that neither the token's length nor its letters can be found by measuring.
 * @param {Tokens} tokens
 * @returns {(authorization: string | undefined) => Promise<void>}
 */
export function createGate(tokens) {
  return async (authorization) => {
    if (!tokens.required) return;
    const given = digest(/^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "");
    if (isAmong(given, tokens.accepted)) return;
    if (authorization !== undefined || !tokens.known) await tokens.renew();
    if (isAmong(given, tokens.accepted)) return;
    if (!tokens.known) {
      throw new HttpError(503, {
        reason: "token-unknown",
        message: "This service asks for a token and could not read yet which one.",
        hint: "Its log says why: the instance's role must be allowed to read the secret of BERTOPS_TOKEN_SECRET.",
        headers: { "retry-after": "5" },
      });
    }
    throw new HttpError(401, {
      reason: "unauthorized",
      message: authorization === undefined ? "This service asks for a token." : "This token is not accepted.",
      hint: "Send the header `authorization: Bearer TOKEN` with the token that the service was set up with.",
      headers: { "www-authenticate": "Bearer" },
    });
  };
}

/** @param {Buffer} given @param {readonly string[]} accepted */
function isAmong(given, accepted) {
  let passes = false;
  for (const token of accepted) if (timingSafeEqual(digest(token), given)) passes = true;
  return passes;
}

/** @param {string} text */
function digest(text) {
  return createHash("sha256").update(text).digest();
}
