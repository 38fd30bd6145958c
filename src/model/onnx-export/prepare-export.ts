import type { Emit } from "../../events.ts";
import type { Precision } from "../prepared/settings.ts";
import { inStaging } from "../staging.ts";
import { unsupported } from "../unsupported.ts";
import type { OnnxExport } from "./look-for-onnx-export.ts";
import { openOnnxExport, type OpenExportOptions } from "./open-onnx-export.ts";
import { writeExport } from "./write-export.ts";

export interface PrepareExportOptions extends Omit<OpenExportOptions, "warn"> {
  readonly precision: Precision;
  readonly activation?: string;
  readonly lowerCase?: boolean;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** Checks an export and copies it to `output` with the settings that the service needs. Throws UserError. */
export async function prepareExport(
  model: OnnxExport,
  output: string,
  options: PrepareExportOptions,
): Promise<void> {
  refuseChanges(options);
  const { emit } = options;
  const warn = (message: string, hint: string): void => emit({ type: "warning", message, hint });
  const opened = await openOnnxExport(model, { ...options, warn });
  await inStaging(output, (directory) => writeExport(directory, model, opened, options));
}

/** An export is served as it is; what would change its graph or its tokenizer is refused instead of left out in silence. */
function refuseChanges({ precision, activation, lowerCase }: PrepareExportOptions): void {
  const asked =
    precision !== "fp32"
      ? `--precision ${precision}`
      : activation !== undefined
        ? "--activation"
        : lowerCase !== undefined
          ? `--${lowerCase ? "uncased" : "cased"}`
          : undefined;
  if (asked === undefined) return;
  throw unsupported(
    `${asked} is for models whose graph bertops writes; an ONNX export is served as it is.`,
    asked.startsWith("--precision")
      ? "Quantise it with its own tools (optimum-cli onnxruntime quantize) and name that file: convert DIR/model_quantized.onnx OUT."
      : "Leave the flag out.",
  );
}
