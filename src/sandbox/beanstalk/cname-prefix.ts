import { invalidParameterValue } from "./errors.ts";
import { liveEnvironments } from "./find.ts";
import type { BeanstalkState } from "./state.ts";

/** Has a living environment this CNAME prefix? Names of the DNS know no case. */
export function isPrefixTaken(state: BeanstalkState, prefix: string): boolean {
  return liveEnvironments(state).some(
    (environment) => environment.cnamePrefix?.toLowerCase() === prefix.toLowerCase(),
  );
}

/** Throws unless a new environment may have this prefix. */
export function checkPrefix(state: BeanstalkState, prefix: string): void {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/u.test(prefix)) {
    throw invalidParameterValue(
      `Value ${prefix} at 'CNAMEPrefix' failed to satisfy constraint: Member must contain only letters, digits, and the dash character and may not start or end with a dash`,
    );
  }
  if (isPrefixTaken(state, prefix)) {
    throw invalidParameterValue(`DNS name (${prefix}) is not available.`);
  }
}
