import { whyNot } from "../../../src/sandbox/hosts/isolation.ts";
import type { Isolation } from "../../../src/sandbox/hosts/host.ts";

const every: readonly Isolation[] = ["namespaces", "user-namespaces", "prefix"];
const reasons = await Promise.all(
  every.map(async (isolation) => [isolation, await whyNot(isolation)] as const),
);

/** The isolations that this machine allows to whoever runs the tests. */
export const ISOLATIONS: readonly Isolation[] = reasons.flatMap(([isolation, reason]) =>
  reason === undefined ? [isolation] : [],
);
