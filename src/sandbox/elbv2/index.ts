import type { Operation } from "../wire/operation.ts";

/** Every operation of this service that the sandbox answers. */
export const operations: readonly Operation[] = [];
