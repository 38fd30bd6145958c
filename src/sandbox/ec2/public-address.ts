import type { Instance } from "./instance.ts";

/** The address that an instance can be reached at from outside, where it has one and runs. */
export function publicAddress(instance: Instance): string | undefined {
  return instance.isPublic ? instance.host?.address : undefined;
}
