import { Argument, type Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { Act } from "./act.ts";

/** `bertops completion SHELL`: a script that completes commands and flags, made from the program itself. */
export function completion(program: Command, act: Act): void {
  const command = program
    .command("completion")
    .description("print a completion script for bash, zsh or fish")
    .addArgument(new Argument("<shell>", "the shell that will read it").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", EXAMPLES);
  act(command, async ({ args }) => {
    const words = completionWords(program);
    const render = { bash, zsh, fish }[args[0] ?? ""];
    if (render === undefined)
      throw new UserError({
        reason: "usage",
        message: "completion takes bash, zsh or fish.",
        exitCode: EXIT.usage,
      });
    const script = render(words);
    return { json: { shell: args[0], script }, lines: script.trimEnd().split("\n") };
  });
}

/** What can follow a command: `""` is bertops itself, `models list` a command of a group. */
interface CompletionEntry {
  readonly path: string;
  readonly description: string;
  readonly subcommands: readonly string[];
  /** What its argument can be, where only some words are taken. */
  readonly choices: readonly string[];
  readonly flags: readonly {
    readonly long: string;
    readonly description: string;
    readonly takesValue: boolean;
  }[];
}

function completionWords(program: Command): CompletionEntry[] {
  const walk = (command: Command, path: string): CompletionEntry[] => [
    {
      path,
      description: command.description(),
      subcommands: command.commands.map((sub) => sub.name()),
      choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
      flags: command.options
        .filter((option) => option.long !== undefined && !option.hidden)
        .map((option) => ({
          long: option.long!,
          description: option.description,
          takesValue: option.required,
        })),
    },
    ...command.commands.flatMap((sub) => walk(sub, path === "" ? sub.name() : `${path} ${sub.name()}`)),
  ];
  return walk(program, "");
}

/** The part that bash and zsh share: the words before the cursor name the command, a table knows what follows. */
function caseTable(entries: readonly CompletionEntry[]): string {
  return entries
    .map(({ path, subcommands, choices, flags }) => {
      const words = [...subcommands, ...choices, ...flags.map((flag) => flag.long), "--help"].join(" ");
      return `    ${JSON.stringify(path)}) words=${JSON.stringify(words)} ;;`;
    })
    .join("\n");
}

function groups(entries: readonly CompletionEntry[]): string {
  return entries
    .filter(({ path, subcommands }) => path !== "" && subcommands.length > 0)
    .map(({ path }) => path)
    .join("|");
}

/** The flags after which a value comes, which is no command. */
function valued(entries: readonly CompletionEntry[]): string {
  const flags = entries.flatMap((entry) => entry.flags.filter(({ takesValue }) => takesValue));
  return [...new Set(flags.map(({ long }) => long))].join("|");
}

function bash(entries: readonly CompletionEntry[]): string {
  return `# bash completion of bertops; read it with: source <(bertops completion bash)
_bertops() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${valued(entries)}) ((index++)); continue ;;
      -*) continue ;;
    esac
    if [[ -z $path ]]; then path="\${COMP_WORDS[index]}"; else
      case "$path" in ${groups(entries)}) path="$path \${COMP_WORDS[index]}" ;; esac
    fi
  done
  case "$path" in
${caseTable(entries)}
  esac
  case "\${COMP_WORDS[COMP_CWORD-1]}" in ${valued(entries)}) words="" ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _bertops bertops
`;
}

function zsh(entries: readonly CompletionEntry[]): string {
  return `#compdef bertops
# zsh completion of bertops; read it with: source <(bertops completion zsh)
_bertops() {
  local command="" word skip=""
  local -a before=("\${(@)words[2,CURRENT-1]}")
  for word in $before; do
    if [[ -n $skip ]]; then skip=""; continue; fi
    case "$word" in
      ${valued(entries)}) skip=yes; continue ;;
      -*) continue ;;
    esac
    if [[ -z $command ]]; then command="$word"; else
      case "$command" in ${groups(entries)}) command="$command $word" ;; esac
    fi
  done
  if [[ -n $skip ]]; then _files; return; fi
  local list=""
  case "$command" in
${caseTable(entries).replaceAll("words=", "list=")}
  esac
  compadd -- \${=list}
  _files
}
compdef _bertops bertops
`;
}

function fish(entries: readonly CompletionEntry[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# fish completion of bertops; read it with: bertops completion fish | source"];
  for (const { path, subcommands, choices, flags } of entries) {
    const words = path.split(" ").filter((word) => word !== "");
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    // Once one of a group's commands is there, the others do not follow.
    const open =
      subcommands.length === 0 ? "" : `; and not __fish_seen_subcommand_from ${subcommands.join(" ")}`;
    const condition = words.length === 0 ? "__fish_use_subcommand" : `${seen}${open}`;
    for (const choice of choices) lines.push(`complete -c bertops -f -n ${quote(condition)} -a ${choice}`);
    for (const name of subcommands) {
      const full = path === "" ? name : `${path} ${name}`;
      const description = entries.find((entry) => entry.path === full)?.description ?? "";
      lines.push(`complete -c bertops -f -n ${quote(condition)} -a ${name} -d ${quote(description)}`);
    }
    for (const flag of flags)
      lines.push(
        `complete -c bertops -n ${quote(condition)} -l ${flag.long.slice(2)}${flag.takesValue ? " -r" : ""} -d ${quote(flag.description)}`,
      );
  }
  return `${lines.join("\n")}\n`;
}

const EXAMPLES = `
Examples:
  source <(bertops completion bash)
  bertops completion fish > ~/.config/fish/completions/bertops.fish`;
