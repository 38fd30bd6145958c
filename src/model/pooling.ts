import type { Pooling } from "./bert/architecture.ts";

/** What `--pooling` takes: what bertops' own graphs have, and the last token's row, which ONNX exports can be asked for. */
export type AskedPooling = Pooling | "last";
export const ASKED_POOLINGS: readonly AskedPooling[] = ["cls", "mean", "last"];
