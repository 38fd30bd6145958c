import path from "node:path";
import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import { ACTIVATIONS, POOLINGS } from "../model/bert/architecture.ts";
import { PRECISIONS } from "../model/prepared/settings.ts";
import type { CommandResult } from "../result.ts";
import type { PreparedModel, PrepareOptions } from "../model/prepare.ts";
import type { Act } from "./act.ts";

/** `bertops convert IN OUT`: prepares a model for the service without pushing it anywhere. */
export function convert(program: Command, act: Act): void {
  act(
    program
      .command("convert")
      .description("prepare a model for the service, without an account and without pushing it")
      .argument("<in>", "the model: a directory of Google's, Hugging Face's or sentence-transformers' layout")
      .argument("<out>", "the directory to write; it must not exist, or hold a prepared model")
      .option("--pooling <how>", "cls or mean (default: what the model's files say, else cls)")
      .option("--precision <kind>", "fp32, int8 or int8-row", "fp32")
      .option(
        "--activation <form>",
        "gelu, gelu_tanh or relu (default: what the model's files say; Google's gelu is erf)",
      )
      .option(
        "--min-fidelity <cosine>",
        "refuse an 8-bit model whose answers are further from exact ones (default: 0.95)",
      )
      .option("--cased", "the model tells capitals apart (default: seen from its vocabulary)")
      .option("--uncased", "the model lower-cases its texts")
      .addHelpText("after", EXAMPLES),
    async ({ args, options, world }) => {
      const { prepareModel } = await import("../model/prepare.ts");
      const prepared = await prepareModel({
        input: path.resolve(world.cwd, args[0] ?? ""),
        output: path.resolve(world.cwd, args[1] ?? ""),
        precision: choice("precision", options["precision"], PRECISIONS) ?? "fp32",
        ...chosen(options),
        signal: world.signal,
        emit: world.emit,
      });
      if (!prepared.written) throw preparedAlready(prepared.directory);
      return result(prepared);
    },
  );
}

const EXAMPLES = `
Examples:
  bertops convert ~/models/uncased_L-12_H-768_A-12 prepared
  bertops convert ~/models/cased_L-24/model.ckpt-9000 prepared --pooling mean
  bertops serve prepared               then answer requests with it here`;

function chosen(options: Readonly<Record<string, unknown>>): Partial<PrepareOptions> {
  const pooling = choice("pooling", options["pooling"], POOLINGS);
  const activation = choice("activation", options["activation"], ACTIVATIONS);
  if (options["cased"] === true && options["uncased"] === true) {
    throw usage("--cased and --uncased exclude each other.");
  }
  return {
    ...(pooling === undefined ? {} : { pooling }),
    ...(activation === undefined ? {} : { activation }),
    ...(options["minFidelity"] === undefined ? {} : { minFidelity: fidelity(options["minFidelity"]) }),
    ...(options["cased"] === true ? { lowerCase: false } : {}),
    ...(options["uncased"] === true ? { lowerCase: true } : {}),
  };
}

function choice<T extends string>(flag: string, value: unknown, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((item) => item === value);
  if (found === undefined)
    throw usage(`--${flag} takes ${choices.join(", ")}; not ${JSON.stringify(value)}.`);
  return found;
}

function fidelity(value: unknown): number {
  const number = Number(value);
  if (number >= -1 && number <= 1) return number;
  throw usage(`--min-fidelity takes a cosine, from -1 to 1; not ${JSON.stringify(value)}.`);
}

function preparedAlready(directory: string): UserError {
  return new UserError({
    reason: "already-prepared",
    message: `${directory} is a model that bertops prepared; there is nothing to convert.`,
    hint: "Use it as it is, or convert the original model again.",
    next: [`bertops push-model ${directory}`, `bertops serve ${directory}`],
    exitCode: EXIT.usage,
  });
}

function usage(message: string): UserError {
  return new UserError({ reason: "usage", message, next: ["bertops convert --help"], exitCode: EXIT.usage });
}

function result(prepared: PreparedModel): CommandResult {
  const { settings } = prepared;
  const { layers, hidden, parameters } = settings;
  return {
    json: {
      source: { ...settings.source, layers, hidden, parameters },
      output: prepared.directory,
      precision: settings.precision,
      pooling: settings.pooling,
      activation: settings.activation,
      lowerCase: settings.tokenizer.lowerCase,
      ...(settings.fidelity === undefined ? {} : { fidelity: settings.fidelity }),
      files: prepared.files.length,
      bytes: prepared.bytes,
    },
    lines: [
      `Prepared ${prepared.directory}`,
      `  ${layers} layers of ${hidden}, ${parameters.toLocaleString("en")} parameters, ${settings.precision}, ${settings.pooling} pooling`,
      `  ${settings.tokenizer.lowerCase ? "lower-cased" : "cased"} vocabulary of ${settings.vocabularySize.toLocaleString("en")} pieces`,
      ...(settings.fidelity === undefined
        ? []
        : [
            `  cosine to fp32: ${settings.fidelity.cosineMin} at least, ${settings.fidelity.cosineMean} on average; similarities move by up to ${settings.fidelity.similarityChangeMax}`,
          ]),
      `  ${prepared.files.length} files, ${(prepared.bytes / 1e6).toFixed(1)} MB`,
    ],
  };
}
