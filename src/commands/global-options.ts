import { type Command, Option } from "commander";
import type { CommandTraits, GlobalOptions } from "./act.ts";
import { parseDuration } from "./duration.ts";

const GROUP = "Common options:";

/** Adds the flags that every command takes. */
export function addGlobalOptions(command: Command, traits: CommandTraits): void {
  const add = (flags: string, description: string): void => {
    command.addOption(new Option(flags, description).helpGroup(GROUP));
  };
  add("--config <file>", "the configuration (default: bertops.yaml here or above)");
  add("--env <name>", "the environment's name");
  add("--region <region>", "the AWS region");
  add("--profile <profile>", "the AWS profile");
  add("--json", "print one JSON object on stdout, progress on stderr");
  if (traits.changes === true) {
    add("-y, --yes", "answer yes to questions");
    add("--dry-run", "say what would be done, and do nothing");
  }
  add("--timeout <duration>", "give up after this long: 90s, 20m, 1h");
  add("--verbose", "say more");
  add("-q, --quiet", "no progress: only warnings and the result");
  add("--events", "tell what happens as JSON lines on stderr");
  add("--no-color", "no colours (so does NO_COLOR)");
  command.addHelpOption(new Option("-h, --help", "show this help").helpGroup(GROUP));
}

/** The parsed values of those flags. */
export function readGlobalOptions(options: Readonly<Record<string, unknown>>): GlobalOptions {
  const text = (name: string): string | undefined =>
    typeof options[name] === "string" ? options[name] : undefined;
  const [config, env, region, profile, timeout] = [
    text("config"),
    text("env"),
    text("region"),
    text("profile"),
    text("timeout"),
  ];
  return {
    ...(config === undefined ? {} : { config }),
    ...(env === undefined ? {} : { env }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(timeout === undefined ? {} : { timeout: parseDuration(timeout, "--timeout") }),
    json: options["json"] === true,
    yes: options["yes"] === true,
    dryRun: options["dryRun"] === true,
    verbose: options["verbose"] === true,
    events: options["events"] === true,
    quiet: options["quiet"] === true,
  };
}
