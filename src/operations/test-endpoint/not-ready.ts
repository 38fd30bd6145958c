import type { Readiness } from "../../endpoint/readiness.ts";
import { EXIT, UserError } from "../../errors.ts";

/** What to type next, by the reason that the service gives. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  "no-model": ["bertops push-model DIR"],
  "store-not-mounted": ["bertops mount-efs", "bertops doctor"],
  "model-failed": ["bertops models rollback", "bertops push-model DIR"],
  "store-unreadable": ["bertops doctor"],
  "model-loading": ["bertops test-endpoint --timeout 10m", "bertops status"],
};

/** The error for a service that did not become ready. */
export function notReady(url: string, found: Exclude<Readiness, { state: "ready" }>): UserError {
  switch (found.state) {
    case "silent":
      if (found.unknownName)
        return new UserError({
          reason: "unknown-host",
          message: `There is no host ${new URL(url).hostname}: the resolver does not know the name.`,
          hint: "Check the address. An environment is named with --env; bertops finds its address.",
          next: ["bertops test-endpoint --env NAME", "bertops status"],
          exitCode: EXIT.usage,
        });
      return new UserError({
        reason: "unreachable",
        message: `${url} does not answer: ${found.message}.`,
        hint: "The environment may still be starting, or the address is wrong.",
        next: ["bertops status", "bertops doctor"],
        exitCode: EXIT.retry,
      });
    case "stranger":
      return new UserError({
        reason: "not-the-service",
        message: `${url} answers HTTP ${found.status}, but not as the service does.`,
        hint:
          found.status >= 502
            ? "The proxy answers and the service behind it does not: it may still be starting, or it ended."
            : "Is it the URL of the environment?",
        next: ["bertops status", "bertops logs"],
        exitCode: found.status >= 502 ? EXIT.retry : EXIT.fault,
      });
    case "not-ready":
      return new UserError({
        reason: found.refusal.reason,
        message: found.refusal.message,
        ...(found.refusal.hint === undefined ? {} : { hint: found.refusal.hint }),
        next: NEXT[found.refusal.reason] ?? ["bertops doctor"],
        exitCode: found.refusal.reason === "model-loading" ? EXIT.retry : EXIT.fault,
      });
  }
}

/** The error for a service that asks for a token. */
export function unauthorized(url: string, sent: boolean): UserError {
  return new UserError({
    reason: "unauthorized",
    message: sent ? `${url} does not accept the token in BERTOPS_TOKEN.` : `${url} asks for a token.`,
    hint: "Set BERTOPS_TOKEN to what the environment's property of that name holds.",
    next: ["BERTOPS_TOKEN=… bertops test-endpoint"],
    exitCode: EXIT.denied,
  });
}
