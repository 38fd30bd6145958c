import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { HostAccess } from "../operations/hosts/host-access.ts";
import type { CommandResult } from "../result.ts";
import type { Act, Invocation } from "./act.ts";
import { addSshOptions, hostWords, sshOptions } from "./ssh-options.ts";
import { awsOf, configOf } from "./with-aws.ts";

/** `bertops ssh`: a shell on an instance, or one command on all of them. */
export function ssh(program: Command, act: Act): void {
  const command = program
    .command("ssh")
    .description("log in to an instance, or run a command on every one")
    .argument("[command...]", "what to run; put it behind --")
    .addHelpText("after", EXAMPLES);
  act(addSshOptions(command), run);
}

const EXAMPLES = `
Examples:
  bertops ssh
  bertops ssh --instance i-0123456789abcdef0
  bertops ssh -- df -h /efs`;

const COMMAND_LIMIT = 600_000;

async function run(invocation: Invocation): Promise<CommandResult> {
  const hosts = await open(invocation);
  if (invocation.args.length === 0) return interactive(hosts, invocation);
  const results = await Promise.all(hosts.map((host) => execute(host, invocation)));
  return {
    json: { instances: results },
    lines: results.flatMap(({ id, stdout, stderr, code }) => [
      ...(results.length > 1 ? [`${id}:`] : []),
      ...linesOf(stdout),
      ...linesOf(stderr),
      ...(code === 0 ? [] : [`${id}: exit code ${code}`]),
    ]),
    exitCode: results.every(({ code }) => code === 0) ? EXIT.done : EXIT.failed,
  };
}

async function open(invocation: Invocation): Promise<readonly HostAccess[]> {
  const { openBareHosts, openEnvironmentHosts } = await import("../operations/hosts/open-hosts.ts");
  const words = hostWords(invocation);
  if (words.length > 0) return openBareHosts(words, sshOptions(invocation));
  const config = await configOf(invocation);
  const { hosts } = await openEnvironmentHosts(
    config,
    await awsOf(config, invocation),
    sshOptions(invocation),
  );
  if (hosts.length > 0) return hosts;
  throw new UserError({
    reason: "no-instances",
    message: "The environment has no running instance.",
    next: ["bertops status"],
    exitCode: EXIT.retry,
  });
}

async function execute(host: HostAccess, { args, world }: Invocation) {
  const connection = await host.connect(world.signal);
  try {
    // As ssh does: the words become one line for the login shell.
    const result = await connection.exec(args.join(" "), { timeout: COMMAND_LIMIT, signal: world.signal });
    return { id: host.id, host: host.host, ...result };
  } finally {
    connection.close();
  }
}

async function interactive(hosts: readonly HostAccess[], { world }: Invocation): Promise<CommandResult> {
  const { stdin, stdout } = process;
  const [host, ...others] = hosts;
  if (host === undefined || stdin.isTTY !== true || stdout.isTTY !== true)
    throw new UserError({
      reason: "no-terminal",
      message: "A shell needs a terminal, and there is none.",
      hint: "Put a command behind --.",
      next: ["bertops ssh -- uptime"],
      exitCode: EXIT.usage,
    });
  if (others.length > 0)
    world.emit({
      type: "note",
      message: `Logging in to ${host.id}, one of ${hosts.length}; --instance chooses.`,
    });
  const { attach } = await import("../ssh/attach.ts");
  const connection = await host.connect(world.signal);
  try {
    const term = world.environment["TERM"] ?? "xterm";
    const channel = await connection.shell({ term, rows: stdout.rows, cols: stdout.columns });
    const code = await attach(channel, { stdin, stdout });
    return { json: { id: host.id, code }, lines: [], exitCode: code === 0 ? EXIT.done : EXIT.failed };
  } finally {
    connection.close();
  }
}

function linesOf(text: string): readonly string[] {
  const trimmed = text.trimEnd();
  return trimmed === "" ? [] : trimmed.split("\n");
}
