import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops events`: what Elastic Beanstalk wrote about the environment. */
export function events(program: Command, act: Act): void {
  act(
    program
      .command("events")
      .description("show what Elastic Beanstalk wrote about the environment")
      .option("--limit <n>", "how many, the newest ones", "50")
      .option("--follow", "go on showing new ones until Ctrl-C")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const limit = Number(invocation.options["limit"]);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
        throw new UserError({
          reason: "usage",
          message: `--limit takes a whole number from 1 to 1000, not ${JSON.stringify(invocation.options["limit"])}.`,
          exitCode: EXIT.usage,
        });
      const { config, aws } = await withAws(invocation);
      const operation = await import("../operations/events.ts");
      const follow = invocation.options["follow"] === true;
      return operation.events(config, { limit, follow }, aws, invocation.world);
    },
  );
}

const EXAMPLES = `
Examples:
  bertops events --limit 10
  bertops events --follow`;
