import { EXIT, UserError } from "../errors.ts";
import type { SshTarget } from "./target.ts";

/** Says what a failed connection means to the person at the terminal. User errors pass through. `offered` names what the host refused. */
export function connectionError(
  error: unknown,
  target: SshTarget,
  offered: readonly string[] = [],
): UserError {
  if (error instanceof UserError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const level = error instanceof Error && "level" in error ? String(error.level) : "";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const where = target.label.includes("@") ? target.label : `${target.user}@${target.label}`;
  if (level === "client-authentication" || /all configured authentication methods failed/iu.test(said))
    return new UserError({
      reason: "ssh-denied",
      message: `${where} accepts none of the keys that were offered: ${[...new Set(offered)].join(", ") || "none"}.`,
      hint: "Name the user and the key: --host USER@HOST, --identity FILE, or start an SSH agent.",
      next: [`ssh -v ${target.port === 22 ? "" : `-p ${target.port} `}${target.user}@${target.host}`],
      exitCode: EXIT.denied,
      cause: error,
    });
  // A resolver that answers "no such name" will say so again: unlike a host that is booting, nobody waits for it.
  if (code === "ENOTFOUND")
    return new UserError({
      reason: "unknown-host",
      message: `There is no host ${target.host}: the resolver does not know the name.`,
      hint: "Check the name, or give the host's address.",
      exitCode: EXIT.usage,
      cause: error,
    });
  if (code === "EAI_AGAIN")
    return unreachable(`The resolver does not answer, so ${target.host} cannot be found.`, error);
  if (code === "ECONNREFUSED")
    return unreachable(`${target.label} (${target.host}) refuses connections on port ${target.port}.`, error);
  if (level === "handshake" && code === "")
    return new UserError({
      reason: "ssh-protocol",
      message: `${target.label} and bertops found no common way to speak SSH: ${said}`,
      hint: "Is it an SSH server on that port?",
      cause: error,
    });
  return unreachable(
    `The SSH connection to ${target.label} (${target.host}:${target.port}) failed: ${said}`,
    error,
  );
}

/** The host did not answer in time. */
export function connectTimeout(target: SshTarget, milliseconds: number): UserError {
  return unreachable(
    `${target.label} (${target.host}:${target.port}) did not answer within ${Math.round(milliseconds / 1000)} s.`,
    undefined,
  );
}

/** The connection ended while something was still to come over it. */
export function connectionLost(label: string, cause?: unknown): UserError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new UserError({
    reason: "connection-lost",
    message: `The SSH connection to ${label} was lost${why}.`,
    hint: "Run the same command again: it continues.",
    exitCode: EXIT.retry,
    cause,
  });
}

function unreachable(message: string, cause: unknown): UserError {
  return new UserError({
    reason: "ssh-unreachable",
    message,
    hint: "See that the host is up and that its firewall or security group admits you on the SSH port, then run the same command again.",
    next: ["bertops doctor"],
    exitCode: EXIT.retry,
    cause,
  });
}
