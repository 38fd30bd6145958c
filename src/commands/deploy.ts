import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops deploy`: the service as it is on disk, as a new version in the environment. */
export function deploy(program: Command, act: Act): void {
  act(
    program
      .command("deploy")
      .description("bundle the service as it is on disk and bring the environment to it")
      .option("--version <label>", "deploy a version that exists already")
      .option("--no-rollback", "leave a failed version in place")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { options, global, world } = invocation;
      const { config, aws } = await withAws(invocation);
      const operation = await import("../operations/deploy.ts");
      return operation.deploy(
        config,
        {
          version: typeof options["version"] === "string" ? options["version"] : undefined,
          rollback: options["rollback"] !== false,
          dryRun: global.dryRun,
        },
        aws,
        world,
      );
    },
    { changes: true },
  );
}

const EXAMPLES = `
Examples:
  bertops deploy                       uncommitted edits included
  bertops deploy --dry-run             what would change
  bertops deploy --version app-1a2b3c4d5e6f`;
