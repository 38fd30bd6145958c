import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import type { Act } from "../../src/commands/act.ts";
import { addGlobalOptions } from "../../src/commands/global-options.ts";
import { registerCommands } from "../../src/commands/index.ts";

const root = path.join(import.meta.dirname, "../..");

/** The real commands with their real flags; what they would do is left out. */
async function programThatDoesNothing(first?: string): Promise<{ program: Command; help: () => string }> {
  let written = "";
  const program = new Command("bertops")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (written += text),
      writeErr: () => {},
      getOutHelpWidth: () => 80,
    });
  const act: Act = (command, _handler, traits = {}) => {
    addGlobalOptions(command, traits);
    command.action(() => {});
  };
  await registerCommands(program, act, first);
  return { program, help: () => written };
}

/** Why the program would not take the line; undefined where it takes it. */
async function refusal(line: string): Promise<string | undefined> {
  const words = wordsOf(line).slice(1);
  try {
    await (await programThatDoesNothing()).program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    // Only the command's name: it is spoken of.
    if (error instanceof CommanderError && error.code === "commander.missingArgument" && words.length === 1)
      return undefined;
    return `${line}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Words as a shell splits them, as far as our own lines need it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
}

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|js)$/.test(name) && !name.includes("node_modules"))
    .map((name) => path.join(folder, name));
}

/** Command lines that errors, results and the service name: in `next` and other lists, in backticks, and after "Next:". */
function toldLines(text: string): string[] {
  const code = text
    .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "")
    .replaceAll("\\`", "`")
    .replaceAll(/\$\{[^{}]*\}/g, "x")
    .replaceAll(/message: [`"][^`"]*/g, "");
  const inLists = [...code.matchAll(/\[[^\][]*\]/g)].flatMap(([list]) =>
    [...list.matchAll(/["`](?:\S+=\S+ )?(bertops [^"`]*)["`]/g)].map(([, line]) => line!),
  );
  const inProse = [...code.matchAll(/`(bertops [a-z][^`]*)`/g)].map(([, line]) => line!);
  const inResults = [...code.matchAll(/Next: +([^"`]*)/g)].flatMap(([, lines]) =>
    lines!.split(/ && |, or |, /).filter((line) => line.startsWith("bertops ")),
  );
  return [...inLists, ...inProse, ...inResults].filter((line) => !line.startsWith("bertops x"));
}

test("every command that an error, a result or the service tells to type is one that the program takes", async () => {
  const lines = new Set(
    [...sources("src"), ...sources("templates")]
      .filter((file) => !file.startsWith("src/sandbox"))
      .flatMap((file) => toldLines(readFileSync(path.join(root, file), "utf8"))),
  );
  expect(lines.size).toBeGreaterThan(40);
  const refused = await Promise.all([...lines].map(refusal));
  expect(refused.filter((why) => why !== undefined)).toEqual([]);
});

function allCommands(program: Command): Command[] {
  return [program, ...program.commands.flatMap(allCommands)];
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

const leaves = allCommands((await programThatDoesNothing()).program)
  .map(pathOf)
  .filter((names) => names.length > 0);

test("each command is the one that is opened by its name", async () => {
  const names = new Set(leaves.map(([first]) => first));
  // What completes commands is made from all of them.
  names.delete("completion");
  for (const name of names) {
    const { program } = await programThatDoesNothing(name);
    expect(program.commands.map((command) => command.name())).toEqual([name]);
  }
});

test.each(leaves.map((names) => [names.join(" ")]))(
  "%s --help fits 80 columns, and its examples are taken as typed",
  async (name) => {
    const { program, help } = await programThatDoesNothing();
    await expect(program.parseAsync([...name.split(" "), "--help"], { from: "user" })).rejects.toMatchObject({
      exitCode: 0,
    });
    const text = help();
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const examples = (text.split("\nExamples:\n")[1] ?? "").replaceAll(/\\\n\s*/g, "");
    const lines = [...examples.matchAll(/(?:^ {2}|\()(bertops [^|>)]*?)(?: {3,}.*|\)| \||$)/gm)].map(
      ([, line]) => line!,
    );
    const refused = await Promise.all(lines.map(refusal));
    expect(refused.filter((why) => why !== undefined)).toEqual([]);
  },
);
