import { readFileSync } from "node:fs";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { App } from "../service/app.js" */

/** The page loads nothing from elsewhere, and nothing may be loaded into it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A file of the page at `/`, read once at the start.
 * @param {string} name
 * @param {string} type
 */
export function pageFile(name, type) {
  const content = readFileSync(new URL(`../page/${name}`, import.meta.url));
  /** @param {App} _app @param {Exchange} exchange */
  return (_app, exchange) => {
    exchange.send(200, content, {
      "content-type": type,
      "cache-control": "no-cache",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  };
}
