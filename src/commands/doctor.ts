import type { Command } from "commander";
import type { Act } from "./act.ts";
import { textOf } from "./option-values.ts";
import { addSshOptions, sshOptions } from "./ssh-options.ts";
import { withAws } from "./with-aws.ts";

/** `bertops doctor`: the first broken link between the credentials and the service's answer. */
export function doctor(program: Command, act: Act): void {
  const command = program
    .command("doctor")
    .description("find the first broken link between your credentials and the service's answer")
    .option("--file-system <id>", "the file system, for an environment that does not name one")
    .addHelpText("after", EXAMPLES);
  act(addSshOptions(command), async (invocation) => {
    const { config, aws } = await withAws(invocation);
    const operation = await import("../operations/doctor/doctor.ts");
    const fileSystem = textOf(invocation.options["fileSystem"]);
    return operation.doctor(config, aws, sshOptions(invocation), invocation.world, fileSystem);
  });
}

const EXAMPLES = `
Looks at credentials, environment, file system, mount targets, VPC DNS,
security groups, SSH, mount, model and service, in this order, and changes
nothing. Exit code 6: the first broken one is named with the command that
mends it.

Examples:
  bertops doctor
  bertops doctor --json | jq .broken`;
