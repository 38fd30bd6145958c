import type { Command } from "commander";
import type { Act } from "./act.ts";

/** `bertops quickstart`: the whole job on this machine. */
export function quickstart(program: Command, act: Act): void {
  act(
    program
      .command("quickstart")
      .description(
        "the whole job on this machine, no account needed: from a model directory to an answer of POST /sim",
      )
      .option("--model <dir>", "a model of yours (default: a demo model, written on the spot)")
      .option("--dir <dir>", "where to work (default: a temporary directory)")
      .option("--keep", "leave the sandbox and the environment running")
      .addHelpText("after", EXAMPLES),
    async ({ options, world }) => {
      const { runQuickstart } = await import("../operations/quickstart/quickstart.ts");
      return runQuickstart(
        {
          ...(typeof options["model"] === "string" ? { model: options["model"] } : {}),
          ...(typeof options["dir"] === "string" ? { directory: options["dir"] } : {}),
          keep: options["keep"] === true,
        },
        world,
      );
    },
  );
}

const EXAMPLES = `
Examples:
  bertops quickstart
  bertops quickstart --model ~/models/uncased_L-12_H-768_A-12
  bertops quickstart --keep            then try everything yourself`;
