import path from "node:path";
import { type Pooling, poolingText } from "../pooling.ts";
import type { ExportPooling } from "../prepared/settings.ts";
import type { SentenceSteps } from "../sentence-transformers/read-steps.ts";
import { unsupported } from "../unsupported.ts";

/** What the service itself can do with an export's rows. */
const OWN = ["cls", "mean", "last"] as const;

/**
 * How the rows of a graph become vectors: as asked for, else as the directory's modules say, else `cls`. Throws UserError for what
 * only a graph could do, since an export's graph is kept as it is.
 */
export function exportPooling(
  directory: string,
  steps: SentenceSteps | undefined,
  asked: Pooling | undefined,
): Exclude<ExportPooling, "graph"> {
  const hint =
    "Export it with its pooling, which then answers sentence_embedding: optimum-cli export onnx --library sentence_transformers --model DIR OUT.";
  if (steps !== undefined && steps.head.length > 0) {
    const types = [...new Set(steps.head.map(({ type }) => type))].join(" and ");
    const what = `lists ${types} behind the pooling, which bertops does not add to an ONNX export`;
    throw unsupported(`${path.join(directory, "modules.json")} ${what}.`, hint);
  }
  const poolings = asked === undefined ? (steps?.poolings ?? ["cls"]) : [asked];
  const pooling = OWN.find((own) => poolingText(poolings) === own);
  if (pooling !== undefined) return pooling;
  throw unsupported(
    `${directory}: the pooling is ${poolings.join(" with ")}; for an ONNX export whose graph does not pool, bertops has ${OWN.join(", ")}.`,
    hint,
  );
}
