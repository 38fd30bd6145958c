import type { Command, CommanderError } from "commander";
import { EXIT, UserError } from "../errors.ts";

/** `models list`, without the program's own name. */
export function commandPath(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent != null; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/** The command that the words name as far as they do; `unknown` where a further word names none. */
export function namedCommand(
  program: Command,
  argv: readonly string[],
): { command: Command; unknown: boolean } {
  let command = program;
  for (const word of argv) {
    if (word.startsWith("-") || (command === program && word === "help")) continue;
    const named = command.commands.find((candidate) => candidate.name() === word);
    if (named !== undefined) command = named;
    // Before a command, the word may be an option's value: `--timeout 5s status`.
    else if (command !== program || !argv[0]!.startsWith("-"))
      return { command, unknown: command.commands.length > 0 };
  }
  return { command, unknown: false };
}

/** What commander has to say of a command line, in this program's form. */
export function usageError(error: CommanderError, argv: readonly string[], command: Command): UserError {
  const [message = "", ...rest] = told(error, argv).split("\n");
  const path = commandPath(command);
  const misplaced = path !== "" && error.code === "commander.unknownOption" && argv[0]!.startsWith("-");
  const hint = misplaced ? `Options follow the command: bertops ${path} ${argv[0]}` : rest.join(" ").trim();
  return new UserError({
    reason: "usage",
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`.replace(/\.\.$/, "."),
    ...(hint === "" ? {} : { hint: hint.replace(/^\((.*)\)$/, "$1") }),
    next: [`bertops${path === "" ? "" : ` ${path}`} --help`],
    exitCode: EXIT.usage,
  });
}

/** Commander's words, and ours where it would have shown help instead. */
function told(error: CommanderError, argv: readonly string[]): string {
  if (error.code !== "commander.help") return error.message.replace(/^error: /, "");
  const words = argv.filter((word) => !word.startsWith("-"));
  return words[0] === "help" ? `unknown command '${words.slice(1).join(" ")}'` : "a command is missing";
}
