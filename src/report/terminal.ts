import { styleText } from "node:util";

/** The streams that a process was given, and what they can show. Everything that bertops says goes through here. */
export interface Terminal {
  /** Writes to stdout: results alone. */
  readonly out: (text: string) => void;
  /** Writes to stderr: everything else. */
  readonly err: (text: string) => void;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** Somebody is looking: stderr is a terminal that can be redrawn. */
  readonly live: boolean;
  /** Somebody can answer: stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** Columns of stderr, 80 where unknown. */
  readonly columns: () => number;
  readonly style: (style: Style, text: string) => string;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly color: boolean;
}

/** Opens the terminal; colour follows `--no-color`, NO_COLOR, FORCE_COLOR and TERM=dumb. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, environment } = options;
  const dumb = environment["TERM"] === "dumb";
  const live = stderr.isTTY === true && !dumb && environment["CI"] === undefined;
  const forced = environment["FORCE_COLOR"] !== undefined && environment["FORCE_COLOR"] !== "0";
  const colored = options.color && !environment["NO_COLOR"] && (forced || (stderr.isTTY === true && !dumb));
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    stderr,
    stdin,
    live,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    columns: () => stderr.columns ?? 80,
    style: (style, text) => (colored ? styleText(style, text) : text),
  };
}
