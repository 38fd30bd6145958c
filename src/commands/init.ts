import path from "node:path";
import type { Command } from "commander";
import type { Act } from "./act.ts";
import { awsOf, settingFlags } from "./with-aws.ts";

/** `bertops init [dir]`: writes the project, shows the plan with its cost, asks, creates. */
export function init(program: Command, act: Act): void {
  act(
    program
      .command("init")
      .description("write bertops.yaml and the service, then create environment and file system")
      .argument("[dir]", "the project's directory", ".")
      .option("--name <name>", "the application's name (default: the directory's)")
      .option("--scaffold-only", "write the files and stop before AWS")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { args, options, global, world } = invocation;
      const operation = await import("../operations/init.ts");
      return operation.init(
        {
          file: path.resolve(world.cwd, args[0] ?? ".", global.config ?? "bertops.yaml"),
          name: typeof options["name"] === "string" ? options["name"] : undefined,
          flags: settingFlags(invocation),
          scaffoldOnly: options["scaffoldOnly"] === true,
          dryRun: global.dryRun,
        },
        (config) => awsOf(config, invocation),
        world,
      );
    },
    { changes: true },
  );
}

const EXAMPLES = `
Examples:
  bertops init demo                    write demo/, show the plan, ask, create
  bertops init demo --yes              without the question
  bertops init --dry-run               only show the plan
  bertops init demo --scaffold-only    only write the files

Running it again continues what was cut, or changes nothing.`;
