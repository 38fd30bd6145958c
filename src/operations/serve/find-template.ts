import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { EXIT, UserError } from "../../errors.ts";

/** A service that can be started on this machine. */
export interface Template {
  /** The directory of `server.js`. */
  readonly directory: string;
  /** The URL of ONNX Runtime's module, for templates that have none beside them. */
  readonly runtime: string;
  /** The same for the library that reads tokenizer.json files; absent where there is none, which most models do not mind. */
  readonly tokenizers?: string;
}

/** The template that bertops ships. */
const SHIPPED = path.join(import.meta.dirname, "../../../templates/similarity");

/** Finds the service: the app's own where there is one, else the template that bertops ships. */
export function findTemplate(appDirectory: string): Template {
  const directory = [appDirectory, SHIPPED].find((candidate) =>
    existsSync(path.join(candidate, "server.js")),
  );
  if (directory === undefined) {
    throw new UserError({
      reason: "no-service",
      message: `There is no service in ${appDirectory}, and bertops' own is missing from its package.`,
      hint: "Scaffold one, or install bertops again.",
      next: ["bertops init --scaffold-only"],
    });
  }
  const places = [
    path.join(directory, "server.js"),
    path.join(appDirectory, "server.js"),
    import.meta.filename,
  ];
  const runtime = resolveFrom(places, "onnxruntime-node");
  if (runtime === undefined) throw noRuntime(directory);
  const tokenizers = resolveFrom(places, "tokenizers");
  return { directory, runtime, ...(tokenizers === undefined ? {} : { tokenizers }) };
}

/** The URL of a package's module, as the first of several files would find it. */
function resolveFrom(places: readonly string[], name: string): string | undefined {
  for (const place of places) {
    try {
      return pathToFileURL(createRequire(place).resolve(name)).href;
    } catch {
      // Not beside this one.
    }
  }
  return undefined;
}

function noRuntime(directory: string): UserError {
  const shipped = directory === SHIPPED;
  return new UserError({
    reason: "no-runtime",
    message: `ONNX Runtime, which runs the model, is not installed for the service in ${directory}.`,
    hint: "It is a dependency of the service, not of bertops, so that bertops stays small.",
    next: shipped
      ? ["bertops init --scaffold-only", "npm install --prefix app", "bertops serve DIR"]
      : [`npm install --prefix ${directory}`],
    exitCode: EXIT.usage,
  });
}
