import path from "node:path";
import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { CommandResult } from "../result.ts";
import type { PreparedModel } from "../model/prepare.ts";
import type { Fidelity, ModelSettings } from "../model/prepared/settings.ts";
import type { Act } from "./act.ts";
import { addConversionFlags, conversionFlags } from "./conversion-flags.ts";

/** `bertops convert IN OUT`: prepares a model for the service without pushing it anywhere. */
export function convert(program: Command, act: Act): void {
  act(
    addConversionFlags(
      program
        .command("convert")
        .description("prepare a model for the service, without an account and without pushing it")
        .argument("<in>", "the model: a directory as it was released, saved or exported (docs/models.md)")
        .argument("<out>", "the directory to write; it must not exist, or hold a prepared model"),
    ).addHelpText("after", EXAMPLES),
    async ({ args, options, world }) => {
      const { prepareModel } = await import("../model/prepare.ts");
      const prepared = await prepareModel({
        input: path.resolve(world.cwd, args[0] ?? ""),
        output: path.resolve(world.cwd, args[1] ?? ""),
        precision: "fp32",
        ...conversionFlags(options, "convert"),
        choose: world.ask.choose,
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
  bertops convert ~/models/bge-m3/onnx/model_quantized.onnx prepared
  bertops serve prepared               then answer requests with it here`;

function preparedAlready(directory: string): UserError {
  return new UserError({
    reason: "already-prepared",
    message: `${directory} is a model that bertops prepared; there is nothing to convert.`,
    hint: "Use it as it is, or convert the original model again.",
    next: [`bertops push-model ${directory}`, `bertops serve ${directory}`],
    exitCode: EXIT.usage,
  });
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
      dimensions: settings.dimensions ?? hidden,
      ...(settings.activation === undefined ? {} : { activation: settings.activation }),
      lowerCase: settings.tokenizer.lowerCase,
      ...(settings.fidelity === undefined ? {} : { fidelity: settings.fidelity }),
      files: prepared.files.length,
      bytes: prepared.bytes,
    },
    lines: [
      `Prepared ${prepared.directory}`,
      `  ${layers === undefined ? settings.architecture : `${layers} layers`} of ${hidden}, ${parameters.toLocaleString("en")} parameters, ${settings.precision}, ${settings.pooling === "graph" ? "pooled by the graph" : `${settings.pooling} pooling`}`,
      `  ${vocabularyOf(settings)} of ${settings.vocabularySize.toLocaleString("en")} pieces, texts of up to ${settings.maxTokens} tokens`,
      ...(settings.fidelity === undefined ? [] : fidelityLines(settings.fidelity)),
      `  ${prepared.files.length} files, ${(prepared.bytes / 1e6).toFixed(1)} MB`,
    ],
  };
}

function vocabularyOf({ tokenizer }: ModelSettings): string {
  if (tokenizer.type === "tokenizer.json") return "tokenizer.json";
  return `${tokenizer.lowerCase ? "lower-cased" : "cased"} vocabulary`;
}

function fidelityLines(fidelity: Fidelity): readonly string[] {
  const { texts, cosineMin, cosineMean, similarityChangeMax, similarityChangeMean } = fidelity;
  return [
    `  against fp32, on ${texts} texts in several languages: cosine ${cosineMin} at least, ${cosineMean} on average;`,
    `  their similarities move by ${similarityChangeMean} on average, ${similarityChangeMax} at most`,
  ];
}
