import type { Command } from "commander";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops destroy`: removes what bertops made; the models stay unless told otherwise. */
export function destroy(program: Command, act: Act): void {
  act(
    program
      .command("destroy")
      .description("remove what bertops made; the models stay unless --delete-data")
      .option("--delete-data", "delete the file system and every model on it, too")
      .option("--confirm <name>", "the environment's name, in place of typing it")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { options, global, world } = invocation;
      const { config, aws } = await withAws(invocation);
      const operation = await import("../operations/destroy/destroy.ts");
      return operation.destroy(
        config,
        {
          deleteData: options["deleteData"] === true,
          confirm: typeof options["confirm"] === "string" ? options["confirm"] : undefined,
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
  bertops destroy                      lists what goes, asks, removes
  bertops destroy --dry-run
  bertops destroy --delete-data --confirm demo`;
