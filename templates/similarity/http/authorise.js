import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "./http-error.js";

/**
 * Lets a request pass that carries one of the tokens, or any when none is set. Compares hashes, in constant time, so
 * that neither the token's length nor its letters can be found by measuring.
 * @param {readonly string[]} tokens
 * @returns {(authorization: string | undefined) => void}
 */
export function createGate(tokens) {
  const accepted = tokens.map(digest);
  return (authorization) => {
    if (accepted.length === 0) return;
    const given = digest(/^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "");
    let passes = false;
    for (const token of accepted) if (timingSafeEqual(token, given)) passes = true;
    if (passes) return;
    throw new HttpError(401, {
      reason: "unauthorized",
      message: authorization === undefined ? "This service asks for a token." : "This token is not accepted.",
      hint: "Send the header `authorization: Bearer TOKEN` with the value of BERTOPS_TOKEN.",
      headers: { "www-authenticate": "Bearer" },
    });
  };
}

/** @param {string} text */
function digest(text) {
  return createHash("sha256").update(text).digest();
}
