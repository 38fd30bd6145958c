import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops plan`: what `init` or `deploy` would change, and what it costs. */
export function plan(program: Command, act: Act): void {
  act(
    program
      .command("plan")
      .description("show what init or deploy would change, and what it costs a month")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { config, aws } = await withAws(invocation);
      const { prepare } = await import("../operations/provision/provision.ts");
      const { describePlan, planJson } = await import("../plan/describe.ts");
      const options = { install: false, admitCaller: true };
      const prepared = await prepare(config, options, aws, invocation.world);
      return { json: planJson(prepared.plan), lines: describePlan(prepared.plan) };
    },
  );
}

const EXAMPLES = `
Examples:
  bertops plan
  bertops plan --json | jq '.steps[] | select(.action == "create") | .name'
  bertops plan --json | jq .monthlyCostUsd`;
