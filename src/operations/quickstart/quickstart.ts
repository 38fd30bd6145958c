import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "../../errors.ts";
import type { CommandResult } from "../../result.ts";
import type { World } from "../../world.ts";
import { sandboxEnvironment } from "../sandbox/environment.ts";
import { inventoryOf } from "../sandbox/inventory.ts";
import { isAlive, pidIn, type SandboxRecord, sandboxDirectory } from "../sandbox/record.ts";
import { startSandbox } from "../sandbox/start.ts";
import { stopSandbox } from "../sandbox/stop.ts";
import { type Answer, runBertops } from "./run-bertops.ts";

export interface QuickstartOptions {
  /** A model directory of the user's; without one a demo model is written. */
  readonly model?: string;
  /** Where to work; a temporary directory otherwise. */
  readonly directory?: string;
  /** Leave everything running at the end. */
  readonly keep: boolean;
}

const NAME = "demo";

/** A small BERT in the layout of Google's releases, whose similarities mean something: models/demo/MODEL_CARD.md. */
const DEMO_MODEL = fileURLToPath(new URL("../../../models/demo", import.meta.url));

/** The whole job in a sandbox of its own: init, mount-efs, push-model, test-endpoint, destroy; nothing stays unless `keep`. */
export async function runQuickstart(options: QuickstartOptions, world: World): Promise<CommandResult> {
  if (options.model !== undefined) {
    // What is no model must not be told after minutes of building.
    const { recogniseModel } = await import("../../model/recognise.ts");
    await recogniseModel(path.resolve(world.cwd, options.model));
  }
  const home = await openHome(options, world.cwd);
  const sandboxWorld = {
    ...world,
    environment: {
      ...world.environment,
      BERTOPS_SANDBOX_DIR: path.join(home.directory, "sandbox"),
      // Nothing stays: neither does the prepared model.
      XDG_CACHE_HOME: path.join(home.directory, "cache"),
    },
  };
  const begun = performance.now();
  let finished = false;
  // The last resort, for a second Ctrl-C while we tidy up: nothing may run on that nobody knows of.
  const abandon = (): void => abandonSandbox(sandboxWorld.environment, home);
  process.once("exit", abandon);
  try {
    const model = options.model === undefined ? DEMO_MODEL : path.resolve(world.cwd, options.model);
    const { record } = await startSandbox({ fast: false }, sandboxWorld);
    const walk = new Walk(record, home.directory, sandboxWorld);
    await walk.step(["init", NAME, "--yes"], home.directory);
    await walk.step(["mount-efs"]);
    const pushed = await walk.step(["push-model", model, "--model", "bert"]);
    // The article's texts, and one that is none of the target's business.
    const texts = ["text", "format", "data", "banana"].flatMap((text) => ["--text", text]);
    const tested = await walk.step(["test-endpoint", "--target", "JSON", ...texts]);
    let left: unknown = null;
    if (!options.keep) {
      await walk.step(["destroy", "--yes", "--delete-data", "--confirm", NAME]);
      left = await inventoryOf(record, world.signal);
    }
    finished = true;
    return {
      json: {
        steps: walk.steps,
        model: pushed["model"],
        version: pushed["version"],
        context: tested["context"],
        latencyMs: tested["latencyMs"],
        seconds: Math.round(performance.now() - begun) / 1000,
        left,
        ...(options.keep ? { directory: home.directory, url: tested["url"] } : {}),
      },
      lines: summary(tested, options, home.directory, (performance.now() - begun) / 1000),
    };
  } catch (error) {
    throw world.signal.aborted ? stopped(world.signal.reason, home) : error;
  } finally {
    if (!(options.keep && finished)) {
      await stopSandbox(sandboxWorld);
      if (home.temporary) await rm(home.directory, { recursive: true, force: true });
    }
    process.off("exit", abandon);
  }
}

interface Home {
  readonly directory: string;
  readonly temporary: boolean;
}

/** Ends the sandbox without asking and removes its files, from a handler that may not wait. */
function abandonSandbox(environment: World["environment"], home: Home): void {
  const directory = sandboxDirectory(environment);
  const pid = pidIn(directory);
  if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
  rmSync(home.temporary ? home.directory : directory, { recursive: true, force: true });
}

/** Ctrl-C and `--timeout` leave nothing here, unlike elsewhere: that is what they say. */
function stopped(reason: unknown, home: Home): unknown {
  if (!(reason instanceof UserError)) return reason;
  return new UserError({
    reason: reason.reason,
    message: reason.message,
    hint: `The sandbox and all that was made in it is removed${home.temporary ? "" : `; ${home.directory} stays`}.`,
    next: ["bertops quickstart"],
    exitCode: reason.exitCode,
  });
}

/** Runs the commands one after another and keeps what they answered. */
class Walk {
  readonly steps: Answer[] = [];
  readonly #record: SandboxRecord;
  readonly #directory: string;
  readonly #world: World;

  constructor(record: SandboxRecord, directory: string, world: World) {
    this.#record = record;
    this.#directory = directory;
    this.#world = world;
  }

  async step(argv: readonly string[], cwd: string = path.join(this.#directory, NAME)): Promise<Answer> {
    const label = `bertops ${argv.join(" ")}`;
    this.#world.emit({ type: "note", message: "" });
    this.#world.emit({ type: "note", message: `$ ${label}` });
    const answer = await runBertops(argv, { cwd, variables: sandboxEnvironment(this.#record) }, this.#world);
    this.steps.push(answer);
    return answer;
  }
}

async function openHome(options: QuickstartOptions, cwd: string): Promise<Home> {
  if (options.directory === undefined) {
    const directory = await mkdtemp(path.join(tmpdir(), "bertops-quickstart-"));
    return { directory, temporary: true };
  }
  const directory = path.resolve(cwd, options.directory);
  try {
    await mkdir(directory);
  } catch (cause) {
    throw new UserError({
      reason: "directory-taken",
      message: `${directory} cannot be made: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}.`,
      hint: "--dir takes a directory that does not exist yet, in one that does.",
      exitCode: EXIT.usage,
      cause,
    });
  }
  return { directory, temporary: false };
}

function summary(tested: Answer, options: QuickstartOptions, directory: string, seconds: number): string[] {
  const context = tested["context"] as { target: string; texts: string[]; sims: number[] };
  return [
    "",
    `POST /sim answered how similar these are to ${JSON.stringify(context.target)}:`,
    ...context.texts.map((text, index) => `  ${text.padEnd(12)} ${context.sims[index]!.toFixed(4)}`),
    ...(options.model === undefined
      ? ["(The demo model is small: 7 MB, two layers. models/demo/MODEL_CARD.md says how good it is.)"]
      : []),
    "",
    `Done in ${seconds.toFixed(0)} s. ${
      options.keep
        ? `Everything still runs: open ${String(tested["url"])}`
        : "Everything that was made has been removed again."
    }`,
    ...(options.keep
      ? [
          "To go on in this shell:",
          `  export BERTOPS_SANDBOX_DIR='${path.join(directory, "sandbox")}'`,
          '  eval "$(bertops sandbox env)"',
          `  cd '${path.join(directory, NAME)}' && bertops status`,
        ]
      : []),
  ];
}
