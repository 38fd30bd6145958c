import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A transcript is a text file that reads like a terminal session:
 *
 *     # a comment
 *     $ bertops pus-model            a command line, for sh
 *     > a line of stdout             `[..]` stands for any run of characters
 *     ! a line of stderr             `> ...` or `! ...` stands for any number of lines
 *     ? 2                            the exit code; 0 where it is not said
 */
export interface TranscriptStep {
  readonly line: number;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exitCode: number;
}

export function parseTranscript(text: string): TranscriptStep[] {
  const steps: { line: number; command: string; stdout: string[]; stderr: string[]; exitCode: number }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const step = steps.at(-1);
    if (line === "" || line.startsWith("#")) continue;
    else if (line.startsWith("$ "))
      steps.push({ line: index + 1, command: line.slice(2), stdout: [], stderr: [], exitCode: 0 });
    else if (step === undefined) throw new Error(`line ${index + 1}: output before the first command`);
    else if (line === ">" || line.startsWith("> ")) step.stdout.push(line.slice(2));
    else if (line === "!" || line.startsWith("! ")) step.stderr.push(line.slice(2));
    else if (line.startsWith("? ")) step.exitCode = Number(line.slice(2));
    else throw new Error(`line ${index + 1}: neither command, output nor exit code: ${line}`);
  }
  return steps;
}

/** Do the lines match the expected ones, with `[..]` inside a line and `...` for any lines? */
export function linesMatch(expected: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first === "...") {
    for (let skip = 0; skip <= actual.length; skip++) if (linesMatch(rest, actual.slice(skip))) return true;
    return false;
  }
  const pattern = new RegExp(
    `^${first
      .split("[..]")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join(".*")}$`,
  );
  return actual.length > 0 && pattern.test(actual[0]!) && linesMatch(rest, actual.slice(1));
}

export interface StepOutcome {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exitCode: number | null;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs one command line with `bertops` in PATH; nothing of the caller's AWS settings reaches it. */
export async function runStep(
  command: string,
  setting: { cwd: string; home: string; variables?: Readonly<Record<string, string>> },
): Promise<StepOutcome> {
  const child = spawn(
    "sh",
    ["-c", `bertops() { '${process.execPath}' '${path.join(root, "bin/bertops.js")}' "$@"; }\n${command}`],
    {
      cwd: setting.cwd,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: setting.home,
        BERTOPS_SANDBOX_DIR: path.join(setting.home, "sandbox"),
        AWS_EC2_METADATA_DISABLED: "true",
        ...setting.variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { stdout: lines(stdout), stderr: lines(stderr), exitCode };
}

function lines(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
