import type { Cost } from "./cost.ts";
import { type Plan, stepsOf } from "./plan.ts";
import type { Step } from "./step.ts";

const SIGN: Readonly<Record<Step["action"], string>> = { create: "+", update: "~", delete: "-", wait: " " };

/** How steps read: one line each, a sign for what happens. */
export function describeSteps(
  steps: readonly Pick<Step, "resource" | "name" | "action" | "detail">[],
): readonly string[] {
  const width = Math.max(0, ...steps.map(({ resource }) => resource.length));
  return steps.map(
    ({ action, resource, name, detail }) =>
      `  ${SIGN[action]} ${resource.padEnd(width)}  ${name}${detail === "" ? "" : `  (${detail})`}`,
  );
}

/** How a whole plan reads, with what it costs. */
export function describePlan(plan: Plan): readonly string[] {
  const { owner, ground } = plan.wanted;
  const steps = stepsOf(plan);
  const place = `${owner.environment} in ${ground.region} (account ${ground.identity.accountId})`;
  if (steps.length === 0) return [`Nothing to change: ${place} is as bertops.yaml says.`];
  return [`Plan for ${place}:`, ...describeSteps(steps), "", ...describeCost(plan.cost)];
}

/** How the estimate reads. */
export function describeCost(cost: Cost): readonly string[] {
  const width = Math.max(...cost.lines.map(({ what }) => what.length));
  const most =
    cost.monthlyUsdAtMost === cost.monthlyUsd
      ? ""
      : `, up to $${cost.monthlyUsdAtMost.toFixed(2)} with every instance`;
  return [
    `About $${cost.monthlyUsd.toFixed(2)} a month${most} (${cost.source}; other regions differ):`,
    ...cost.lines.map(
      ({ what, usd, note }) =>
        `  ${what.padEnd(width)}  ${usd === undefined ? "       ?" : `$${usd.toFixed(2)}`.padStart(8)}  ${note}`,
    ),
  ];
}

/** The plan as scripts read it. */
export function planJson(plan: Plan): Record<string, unknown> {
  return {
    environment: { name: plan.wanted.owner.environment, exists: plan.observed.environment !== undefined },
    steps: stepsOf(plan).map(({ resource, name, action, detail }) => ({ resource, name, action, detail })),
    monthlyCostUsd: plan.cost.monthlyUsd,
    monthlyCost: {
      atMostUsd: plan.cost.monthlyUsdAtMost,
      source: plan.cost.source,
      lines: plan.cost.lines.map(({ what, usd, note }) => ({ what, usd: usd ?? null, note })),
    },
  };
}
