import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runStep } from "../transcripts/transcript.ts";

/** What a command printed under `--json`. */
export type Answer = Record<string, any>;

/**
 * Somebody's shell beside a sandbox of its own: an empty home, `bertops` in PATH, and after `start` the variables that point
 * every AWS client at the sandbox. Everything goes through the real command line.
 */
export class Session {
  readonly home: string;
  /** Where commands run. */
  cwd: string;
  variables: Record<string, string> = {};

  private constructor(home: string) {
    this.home = home;
    this.cwd = home;
  }

  static async open(): Promise<Session> {
    return new Session(await mkdtemp(path.join(tmpdir(), "bertops-main-job-")));
  }

  /** Starts the sandbox; `forced` are variables of its own, as BERTOPS_SANDBOX_ISOLATION. */
  async startSandbox(forced: Record<string, string> = {}): Promise<Answer> {
    const started = await this.#bertops("sandbox start --fast", forced);
    if (started["ok"] !== true) throw new Error(JSON.stringify(started));
    const { variables } = await this.bertops("sandbox env");
    this.variables = variables;
    return started;
  }

  /** Runs `bertops ARGUMENTS --json` and resolves to its one object, with the exit code beside it. */
  async bertops(argument: string): Promise<Answer> {
    return this.#bertops(argument, {});
  }

  /** Runs any command line, with the sandbox's variables. */
  async shell(command: string): ReturnType<typeof runStep> {
    return runStep(command, { cwd: this.cwd, home: this.home, variables: this.variables });
  }

  async #bertops(argument: string, more: Record<string, string>): Promise<Answer> {
    const outcome = await runStep(`bertops ${argument} --json`, {
      cwd: this.cwd,
      home: this.home,
      variables: { ...this.variables, ...more },
    });
    if (outcome.stdout.length !== 1)
      throw new Error(
        `bertops ${argument}: not one object on stdout:\n${outcome.stdout.join("\n")}\n${outcome.stderr.join("\n")}`,
      );
    const answer = JSON.parse(outcome.stdout[0]!) as Answer;
    return { ...answer, exitCode: outcome.exitCode, stderr: outcome.stderr.join("\n") };
  }

  /** What exists in the region, by kind. */
  async inventory(): Promise<Record<string, string[]>> {
    return (await this.bertops("sandbox status"))["resources"] as Record<string, string[]>;
  }

  async close(): Promise<void> {
    await this.bertops("sandbox stop");
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Asks `question` every 200 ms until it resolves to something, for a minute at most. */
export async function eventually<T>(
  what: string,
  question: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await question();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not within a minute: ${what}`, { cause: last });
}
