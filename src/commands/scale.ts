import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops scale N`: how many instances run; bertops.yaml says so from then on. */
export function scale(program: Command, act: Act): void {
  act(
    program
      .command("scale")
      .description("change how many instances run, in bertops.yaml and in the environment")
      .argument("<count>", "a number, or two as MIN-MAX")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const operation = await import("../operations/scale.ts");
      const instances = operation.parseCount(invocation.args[0] ?? "");
      const { config, aws } = await withAws(invocation);
      const { dryRun } = invocation.global;
      return operation.scale(config, { instances, dryRun }, aws, invocation.world);
    },
    { changes: true },
  );
}

const EXAMPLES = `
More than one instance adds a load balancer, which takes some minutes and
costs money.

Examples:
  bertops scale 2
  bertops scale 1-4 --dry-run`;
