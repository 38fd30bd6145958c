import type { Operation } from "../wire/operation.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** Every STS operation that the sandbox answers. */
export const operations: readonly Operation[] = [getCallerIdentity];
