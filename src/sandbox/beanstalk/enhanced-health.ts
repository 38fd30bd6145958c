import { ServiceError } from "../wire/operation.ts";
import { hasEnhancedHealth } from "./describe-environment.ts";
import type { Environment } from "./environment.ts";

/** Throws where an environment reports basic health only: Beanstalk answers causes and instances to none of those. */
export function requireEnhancedHealth(environment: Environment): void {
  if (!hasEnhancedHealth(environment)) {
    throw new ServiceError(
      "InvalidRequestException",
      `Environment ${environment.name} does not use enhanced health reporting.`,
    );
  }
}

/** Picks the members of an answer that were asked for; `always` are members that every answer holds. */
export function pickAttributes<Answer extends object>(
  answer: Answer,
  { wanted, always }: { readonly wanted: readonly string[] | undefined; readonly always: readonly string[] },
): Answer {
  const names = new Set([...always, ...(wanted ?? [])]);
  if (names.has("All")) {
    return answer;
  }
  return Object.fromEntries(Object.entries(answer).filter(([name]) => names.has(name))) as Answer;
}
