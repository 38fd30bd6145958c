import type { Terminal } from "../../src/report/terminal.ts";

/** A terminal that keeps what is written, for tests of what a person or a script would read. */
export function memoryTerminal(
  options: { canAsk?: boolean } = {},
): Terminal & { stdout: string; stderrText: string } {
  const terminal = {
    stdout: "",
    stderrText: "",
    out: (text: string): void => void (terminal.stdout += text),
    err: (text: string): void => void (terminal.stderrText += text),
    stderr: process.stderr,
    stdin: process.stdin,
    live: false,
    canAsk: options.canAsk ?? false,
    columns: () => 80,
    style: (_style: string, text: string) => text,
  };
  return terminal;
}
