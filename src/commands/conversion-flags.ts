import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import { ACTIVATIONS } from "../model/bert/architecture.ts";
import { FORMS } from "../model/finding.ts";
import { POOLINGS } from "../model/pooling.ts";
import type { PrepareOptions } from "../model/prepare.ts";
import { PRECISIONS } from "../model/prepared/settings.ts";

/** What the flags of a conversion say; absent where they are left out. */
export type ConversionFlags = Partial<
  Pick<
    PrepareOptions,
    "as" | "pooling" | "precision" | "activation" | "minFidelity" | "lowerCase" | "maxTokens"
  >
>;

/** Adds the flags that say how a model is prepared, the same for every command that prepares one. */
export function addConversionFlags(command: Command): Command {
  return command
    .option(
      "--as <form>",
      "where a directory holds several: tensorflow, huggingface, sentence-transformers or onnx",
    )
    .option(
      "--pooling <how>",
      "cls, mean, max, last, mean_sqrt_len or weightedmean (default: what the model's files say, else cls)",
    )
    .option("--precision <kind>", "fp32 (default), int8 or int8-row")
    .option("--min-fidelity <cosine>", "refuse an 8-bit model that strays further from its exact self (0.95)")
    .option("--activation <form>", "gelu (erf), gelu_tanh or relu (default: what the model's files say)")
    .option("--max-tokens <n>", "cut texts at this many tokens (default: what the model reads)")
    .option("--cased", "the model tells capitals apart (default: seen from its vocabulary)")
    .option("--uncased", "the model lower-cases its texts");
}

/** Reads them; throws UserError (exit code 2) that names the flag. */
export function conversionFlags(
  options: Readonly<Record<string, unknown>>,
  command: string,
): ConversionFlags {
  const usage = (message: string): UserError =>
    new UserError({ reason: "usage", message, next: [`bertops ${command} --help`], exitCode: EXIT.usage });
  const choice = <T extends string>(flag: string, value: unknown, choices: readonly T[]): T | undefined => {
    const found = choices.find((item) => item === value);
    if (value !== undefined && found === undefined)
      throw usage(`--${flag} takes ${choices.join(", ")}; not ${JSON.stringify(value)}.`);
    return found;
  };
  const number = (flag: string, value: unknown, from: number, to: number, whole: boolean) => {
    if (value === undefined) return undefined;
    const found = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    if (found >= from && found <= to && (!whole || Number.isInteger(found))) return found;
    const what = whole ? "a whole number" : "a cosine";
    throw usage(`--${flag} takes ${what} from ${from} to ${to}; not ${JSON.stringify(value)}.`);
  };
  const { cased, uncased } = options;
  if (cased === true && uncased === true) throw usage("--cased and --uncased exclude each other.");
  return given({
    as: choice("as", options["as"], FORMS),
    pooling: choice("pooling", options["pooling"], POOLINGS),
    precision: choice("precision", options["precision"], PRECISIONS),
    activation: choice("activation", options["activation"], ACTIVATIONS),
    minFidelity: number("min-fidelity", options["minFidelity"], -1, 1, false),
    maxTokens: number("max-tokens", options["maxTokens"], 3, 1_000_000, true),
    lowerCase: uncased === true ? true : cased === true ? false : undefined,
  });
}

/** Without what is undefined. */
function given<T extends object>(flags: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(flags).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
