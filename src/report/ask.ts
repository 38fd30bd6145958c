import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { EXIT, UserError } from "../errors.ts";
import type { Ask } from "../events.ts";
import type { Terminal } from "./terminal.ts";

/** Asks on the terminal; `yes` answers what `--yes` answers. Without a terminal a missing answer is an error that names the flag. */
export function openAsk(
  terminal: Terminal,
  options: { yes: boolean; signal: AbortSignal; pause: () => void },
): Ask {
  const ask = async (text: string, flag: string, hidden = false): Promise<string> => {
    if (!terminal.canAsk)
      throw new UserError({
        reason: "answer-needed",
        message: `This needs an answer, and there is no terminal to ask on: ${text.trim()}`,
        hint: `Pass ${flag}.`,
        exitCode: EXIT.usage,
      });
    options.pause();
    let quiet = false;
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        if (!quiet) terminal.err(String(chunk));
        done();
      },
    });
    const lines = createInterface({ input: terminal.stdin, output, terminal: true });
    // Raw mode swallows Ctrl-C: it must mean here what it means everywhere else.
    lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
      const answer = lines.question(`${text} `, { signal: options.signal });
      quiet = hidden;
      return await answer;
    } catch (cause) {
      // Ctrl-D: whoever leaves without an answer has not agreed.
      if (options.signal.aborted || !(cause instanceof Error && cause.name === "AbortError")) throw cause;
      terminal.err("\n");
      throw new UserError({
        reason: "cancelled",
        message: "No answer was given.",
        hint: `Answer it, or pass ${flag}.`,
        exitCode: EXIT.cancelled,
        cause,
      });
    } finally {
      lines.close();
      if (hidden) terminal.err("\n");
    }
  };
  // Hosts are logged in to side by side, and a person answers one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  const question = (...words: Parameters<typeof ask>): Promise<string> => {
    const answered = last.then(() => ask(...words));
    last = answered.catch(() => undefined);
    return answered;
  };
  return {
    interactive: terminal.canAsk,
    confirm: async ({ message, flag }) => {
      if (options.yes) return true;
      const answer = await question(`${message} [y/N]`, flag);
      return /^y(es)?$/i.test(answer.trim());
    },
    typed: async ({ message, expected, flag }) => (await question(message, flag)).trim() === expected,
    secret: ({ message, flag }) => question(message, flag, true),
    choose: async ({ message, choices, flag }) => {
      if (!terminal.canAsk) return undefined;
      const list = choices.map((choice, index) => `  ${index + 1}  ${choice}`).join("\n");
      for (;;) {
        const answer = await question(`${message}\n${list}\n[1-${choices.length}]`, flag);
        const index = Number(answer.trim()) - 1;
        if (Number.isInteger(index) && index >= 0 && index < choices.length) return index;
      }
    },
  };
}
