import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops status`: what runs, and how it is. */
export function status(program: Command, act: Act): void {
  act(
    program
      .command("status")
      .description("show the environment, its instances and its file system")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { config, aws } = await withAws(invocation);
      const operation = await import("../operations/status.ts");
      return operation.status(config, aws, invocation.world.signal);
    },
  );
}

const EXAMPLES = `
Exit code 6 says that the environment is not healthy.

Examples:
  bertops status
  bertops status --json | jq -r .environment.url`;
