import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { findTemplate } from "./find-template.ts";
import { servedModel } from "./served-model.ts";
import { readServiceLine, type ServiceLine } from "./service-line.ts";

export interface ServeOptions {
  /** A prepared model, a model that is prepared first, a store, or a model's directory in a store. */
  readonly directory: string;
  readonly modelName: string | undefined;
  /** Where the user's own service would be. */
  readonly appDirectory: string;
  readonly port: number;
  readonly listen: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the service, which answers what is under way first. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** What was served, once it is over. */
export interface Served {
  readonly url: string;
  readonly version: string | undefined;
}

/** Runs the service on this machine until the signal aborts. Throws UserError when it can't start or ends by itself. */
export async function serve(options: ServeOptions): Promise<Served> {
  const template = findTemplate(options.appDirectory);
  const model = await servedModel({
    directory: options.directory,
    name: options.modelName,
    signal: options.signal,
    emit: options.emit,
  });
  try {
    const child = spawn(process.execPath, [path.join(template.directory, "server.js")], {
      cwd: template.directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...options.environment,
        ...model.variables,
        PORT: String(options.port),
        LISTEN: options.listen,
        BERTOPS_ONNXRUNTIME: template.runtime,
        ...(template.tokenizers === undefined ? {} : { BERTOPS_TOKENIZERS: template.tokenizers }),
      },
    });
    const ended = once(child, "exit");
    const stop = (): boolean => child.kill("SIGTERM");
    if (options.signal.aborted) stop();
    options.signal.addEventListener("abort", stop, { once: true });
    const watch = new Watch(options, model.fixed, stop);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => watch.line(readServiceLine(line)));
    }
    await ended;
    options.signal.removeEventListener("abort", stop);
    if (!options.signal.aborted || watch.failure !== undefined)
      throw watch.failure ?? endedByItself(watch.last);
    return { url: watch.url, version: watch.version };
  } finally {
    await model.remove();
  }
}

/** Follows what the service writes about itself. */
class Watch {
  url = "";
  version: string | undefined;
  failure: UserError | undefined;
  /** The last thing that went wrong. */
  last: ServiceLine | undefined;
  readonly #options: ServeOptions;
  readonly #fixed: boolean;
  readonly #stop: () => void;

  constructor(options: ServeOptions, fixed: boolean, stop: () => void) {
    this.#options = options;
    this.#fixed = fixed;
    this.#stop = stop;
  }

  line(line: ServiceLine): void {
    const { emit } = this.#options;
    const { fields } = line;
    switch (line.message) {
      case "listening":
        this.url = String(fields["url"]);
        emit({ type: "note", message: `Listening on ${this.url}; loading the model` });
        return;
      case "a model is loaded":
        this.version = String(fields["version"]);
        emit({
          type: "note",
          message: `Ready: ${this.url} answers with version ${this.version}. Ctrl-C stops it.`,
        });
        return;
      case "no model is published yet":
        emit({ type: "warning", message: "No version is published in this store yet; waiting for one." });
        return;
      case "a model does not load":
        this.#modelFailed(String(fields["error"]));
        return;
      default:
        if (line.level === "error") this.last = line;
        emit({ type: "detail", message: line.text });
    }
  }

  #modelFailed(error: string): void {
    if (!this.#fixed) {
      this.#options.emit({ type: "warning", message: `The published version does not load: ${error}` });
      return;
    }
    this.failure = new UserError({
      reason: "model-failed",
      message: `The model in ${this.#options.directory} does not load: ${error}`,
      hint: "Prepare it again from what it was made of.",
      next: ["bertops convert IN OUT"],
    });
    this.#stop();
  }
}

function endedByItself(last: ServiceLine | undefined): UserError {
  const error = last?.fields["error"];
  const why = typeof error === "string" ? error : (last?.message ?? "");
  const taken = why.includes("EADDRINUSE");
  return new UserError({
    reason: taken ? "port-taken" : "service-ended",
    message: taken
      ? `The port is taken: ${why}.`
      : `The service ended by itself${why === "" ? "." : `: ${why}`}`,
    hint: taken
      ? "Choose another with --port; 0 takes any that is free."
      : "--verbose shows all that it wrote.",
    exitCode: taken ? EXIT.usage : EXIT.failed,
  });
}
