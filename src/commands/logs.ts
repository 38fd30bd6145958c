import path from "node:path";
import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops logs`: the end of every instance's logs, or all of them as archives. */
export function logs(program: Command, act: Act): void {
  act(
    program
      .command("logs")
      .description("show the end of every instance's logs, or fetch all of them")
      .option("--instance <id>", "only this instance")
      .option("--all <dir>", "fetch all logs as archives into a directory")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { options, world } = invocation;
      const { config, aws } = await withAws(invocation);
      const operation = await import("../operations/logs.ts");
      return operation.logs(
        config,
        {
          instance: typeof options["instance"] === "string" ? options["instance"] : undefined,
          directory: typeof options["all"] === "string" ? path.resolve(world.cwd, options["all"]) : undefined,
        },
        aws,
        world,
      );
    },
  );
}

const EXAMPLES = `
Examples:
  bertops logs
  bertops logs --instance i-0123456789abcdef0
  bertops logs --all ./logs`;
