import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import type { Act } from "./commands/act.ts";
import { addGlobalOptions, readGlobalOptions } from "./commands/global-options.ts";
import { registerCommands } from "./commands/index.ts";
import { errorForTarget, resultForTarget } from "./commands/same-target.ts";
import { commandPath, namedCommand, usageError } from "./commands/usage-error.ts";
import { EXIT, type ExitCode, UserError } from "./errors.ts";
import { formatFailure, failureObject } from "./report/failure.ts";
import { openReporter } from "./report/open-reporter.ts";
import { systemError } from "./report/system-error.ts";
import { openTerminal, type Terminal } from "./report/terminal.ts";
import { runInWorld } from "./world.ts";

/** What a process gives to a program; `process` itself in production. */
export interface ProcessLike {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
}

/** Runs one command line and resolves to its exit code. The only place where errors become words and codes. */
export async function main(argv: readonly string[], io: ProcessLike): Promise<ExitCode> {
  const terminal = openTerminal({
    stdin: io.stdin,
    stdout: io.stdout,
    stderr: io.stderr,
    environment: io.env,
    color: !argv.includes("--no-color"),
  });
  // A reader that has seen enough (`| head`) is no failure of ours.
  io.stdout.on("error", ignoreClosedPipe);
  io.stderr.on("error", ignoreClosedPipe);

  let exitCode: ExitCode = EXIT.done;
  const act: Act = (command, handler, traits = {}) => {
    addGlobalOptions(command, traits);
    command.action(async () => {
      const name = commandPath(command);
      const options = command.opts<Record<string, unknown>>();
      const global = readGlobalOptions(options);
      const reporter = await openReporter(terminal, global);
      try {
        const result = await runInWorld(
          { terminal, reporter, global, environment: io.env, cwd: io.cwd(), version: packageVersion() },
          (world) => handler({ args: command.args, options, global, world }),
        );
        reporter.result(name, resultForTarget(result, global));
        exitCode = result.exitCode ?? EXIT.done;
      } catch (error) {
        const failure = errorForTarget(withHelp(asUserError(error), name), global);
        reporter.failure(name, failure);
        if (global.verbose && !global.events && error instanceof Error && error.stack !== undefined)
          terminal.err(`${error.stack}\n`);
        exitCode = failure.exitCode;
      }
    });
  };

  const program = buildProgram(terminal);
  await registerCommands(program, act, argv[0]);
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.done;
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const { command, unknown } = namedCommand(program, argv);
    const json = argv.includes("--json");
    // A group without one of its commands, such as `bertops models`: its help is the answer.
    if (error instanceof CommanderError && error.code === "commander.help" && !unknown && !json) {
      command.outputHelp();
      return EXIT.done;
    }
    const name = commandPath(command) || (argv.find((word) => !word.startsWith("-")) ?? "");
    const failure =
      error instanceof CommanderError ? usageError(error, argv, command) : withHelp(asUserError(error), name);
    if (json) terminal.out(`${JSON.stringify(failureObject(name, failure))}\n`);
    else terminal.err(formatFailure(failure, terminal.style));
    return failure.exitCode;
  }
  return exitCode;
}

function buildProgram(terminal: Terminal): Command {
  return (
    new Command("bertops")
      .description("Put a large model behind an HTTP endpoint on your own AWS account.")
      .version(packageVersion(), "-V, --version")
      // What follows a command belongs to it: `deploy --version LABEL` does not ask for the version of bertops.
      .enablePositionalOptions()
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.out(text),
        writeErr: () => {},
        getOutHelpWidth: () => Math.min(terminal.columns(), 110),
        getErrHelpWidth: () => Math.min(terminal.columns(), 110),
      })
      .showSuggestionAfterError()
      .addHelpText("after", EXAMPLES)
  );
}

const EXAMPLES = `
Examples:
  bertops quickstart                   the whole job here, no account needed
  bertops init demo && cd demo         create environment and file system
  bertops mount-efs                    mount the file system on every instance
  bertops push-model ~/models/bert     upload a model and switch to it
  bertops test-endpoint                ask the service and check its answers

Exit codes: 0 done, 1 failed, 2 bad usage, 3 cancelled, 4 credentials or
permissions, 5 try again, 6 a check found a fault, 130 interrupted.`;

/** What anybody threw, as something that can be told. */
function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const refused = systemError(error);
  if (refused !== undefined) return refused;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new UserError({
    reason: "bug",
    message: `bertops met something it does not know: ${message}`,
    hint: "Run the command again with --verbose and report what it prints.",
    cause: error,
  });
}

/** Who used a command wrongly and is told of no other command is told of its help. */
function withHelp(error: UserError, command: string): UserError {
  if (error.exitCode !== EXIT.usage || error.next.length > 0) return error;
  return error.withNext([`bertops ${command} --help`]);
}

/** EIO is what a terminal answers that was closed. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
