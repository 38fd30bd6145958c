import type { PreparedModelDirectory } from "./prepared/look-for-prepared.ts";
import type { OnnxExport } from "./onnx-export/look-for-onnx-export.ts";
import type { HuggingfaceModel } from "./huggingface/look-for-huggingface.ts";
import type { SentenceTransformersModel } from "./sentence-transformers/look-for-sentence-transformers.ts";
import type { TensorflowRelease } from "./tensorflow/open-tensorflow.ts";

/** A model that was recognised: where its files are, nothing of their content read but what tells forms apart. */
export type RecognisedModel =
  | PreparedModelDirectory
  | TensorflowRelease
  | HuggingfaceModel
  | SentenceTransformersModel
  | OnnxExport;

/** What `--as` chooses between where a directory holds a model in several forms. */
export type Form = Exclude<RecognisedModel["form"], "prepared">;
export const FORMS: readonly Form[] = ["tensorflow", "huggingface", "sentence-transformers", "onnx"];

/** What looking for one form in a directory came to. */
export interface Finding {
  /** The form in words: `a TensorFlow release of Google's`. */
  readonly form: string;
  /** The model, where all its files are there. */
  readonly model?: RecognisedModel;
  /** What was found of the form, and what is missing; both for the reader of an error. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
  /** What to do about it, if that is not plain. */
  readonly hint?: string;
}
