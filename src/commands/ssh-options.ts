import os from "node:os";
import path from "node:path";
import { type Command, Option } from "commander";
import type { OpenHostsOptions } from "../operations/hosts/open-hosts.ts";
import type { WayName } from "../operations/hosts/way.ts";
import { userName } from "../operations/user-name.ts";
import type { Invocation } from "./act.ts";
import { collect, textOf, wordsOf } from "./option-values.ts";

const GROUP = "SSH options:";

/** Adds the flags of commands that log in to hosts. */
export function addSshOptions(command: Command): Command {
  const add = (flags: string, description: string, many = false): void => {
    const option = new Option(flags, description).helpGroup(GROUP);
    command.addOption(many ? option.argParser(collect) : option);
  };
  add("--host <host>", "[USER@]HOST[:PORT] instead of the environment's instances; repeat it for more", true);
  add("--identity <file>", "a private key to log in with");
  add("--known-hosts <file>", "the file of host keys (default: ~/.ssh/known_hosts and bertops' own)");
  add("--host-key <fingerprint>", "accept this key of a host that is not known yet: SHA256:…", true);
  add("--jump <hosts>", "[USER@]HOST[:PORT] to go through; several with commas between them");
  command.addOption(
    new Option("--via <way>", "how to reach instances (default: by looking)")
      .choices(["direct", "jump", "endpoint"])
      .helpGroup(GROUP),
  );
  add("--admit-me", "open a closed SSH port for your address until the command ends");
  add("--ssh-user <name>", "who to log in as");
  add("--instance <id>", "only this instance; repeat it for more", true);
  return command;
}

/** Adds the flags of commands that need root on hosts. */
export function addSudoOptions(command: Command): Command {
  return command.addOption(
    new Option("--ask-sudo-password", "ask for the password that sudo wants, before anything").helpGroup(
      GROUP,
    ),
  );
}

/** The words after `--host`; empty where the environment's instances are meant. */
export function hostWords({ options }: Invocation): readonly string[] {
  return wordsOf(options["host"]);
}

/** What those flags say, and what logging in needs of the world. */
export function sshOptions({ options, global, world }: Invocation): OpenHostsOptions {
  const [identity, knownHosts] = ["identity", "knownHosts"].map((name) => fileOf(options[name], world.cwd));
  const [jump, user] = [textOf(options["jump"]), textOf(options["sshUser"])];
  const via = wayOf(options["via"]);
  return {
    flags: {
      ...(identity === undefined ? {} : { identity }),
      ...(knownHosts === undefined ? {} : { knownHosts }),
      ...(jump === undefined ? {} : { jump }),
      ...(user === undefined ? {} : { user }),
      ...(via === undefined ? {} : { via }),
      admitMe: options["admitMe"] === true,
      hostKeys: wordsOf(options["hostKey"]),
      instances: wordsOf(options["instance"]),
    },
    environment: world.environment,
    ask: world.ask,
    emit: world.emit,
    signal: world.signal,
    atEnd: world.atEnd,
    changesNothing: global.dryRun,
  };
}

function wayOf(value: unknown): WayName | undefined {
  return value === "direct" || value === "jump" || value === "endpoint" ? value : undefined;
}

/** Who is at work, as locks and manifests show it. */
export function pusherOf(): { readonly user: string; readonly machine: string } {
  return { user: userName(), machine: os.hostname() };
}

function fileOf(value: unknown, cwd: string): string | undefined {
  const text = textOf(value);
  return text === undefined || text.startsWith("~") ? text : path.resolve(cwd, text);
}
