import type { Operation } from "../wire/operation.ts";

export { createBeanstalkState } from "./state.ts";

/** Every Elastic Beanstalk operation that the sandbox answers. */
export const operations: readonly Operation[] = [];
