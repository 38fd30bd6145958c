import path from "node:path";
import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { Act, Invocation } from "./act.ts";

/** `bertops serve [dir]`: runs the service on this machine. */
export function serveCommand(program: Command, act: Act): void {
  act(
    program
      .command("serve")
      .description("run the service on this machine, without AWS, until it is stopped")
      .argument("[dir]", "a model's directory, prepared or not, or a model store", ".")
      .option("--port <n>", "the port; 0 takes any that is free", "8080")
      .option("--listen <address>", "the address to listen on", "127.0.0.1")
      .option("--model <name>", "which model of a store")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { args, options, world } = invocation;
      const { serve } = await import("../operations/serve/serve.ts");
      const served = await serve({
        directory: path.resolve(world.cwd, args[0] ?? "."),
        modelName: typeof options["model"] === "string" ? options["model"] : undefined,
        appDirectory: await appDirectory(invocation),
        port: port(options["port"]),
        listen: String(options["listen"]),
        environment: world.environment,
        signal: world.signal,
        emit: world.emit,
      });
      return { json: { ...served }, lines: [`Stopped ${served.url}`] };
    },
  );
}

const EXAMPLES = `
Examples:
  bertops serve ~/models/uncased_L-12_H-768_A-12
  bertops serve prepared --port 9000
  bertops serve /efs/models --model bert     follows what is published there
  curl http://127.0.0.1:8080/sim -H 'content-type: application/json' \\
      -d '{"target":"JSON","texts":["text","data"]}'`;

/** Where bertops.yaml says the service is; `app` where there is no such file. */
async function appDirectory({ global, world }: Invocation): Promise<string> {
  const { loadConfig } = await import("../config/load.ts");
  const flags = { env: global.env, region: global.region, profile: global.profile };
  const { environment, cwd } = world;
  const config = await loadConfig({ file: global.config, flags, environment, cwd, optional: true });
  return config.service.directory;
}

function port(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new UserError({
    reason: "usage",
    message: `--port takes a number from 0 to 65535; not ${JSON.stringify(value)}.`,
    next: ["bertops serve --help"],
    exitCode: EXIT.usage,
  });
}
