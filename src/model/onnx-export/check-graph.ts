import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { unsupported } from "../unsupported.ts";
import type { GraphFacts } from "./graph-facts.ts";

/** What the service's ONNX Runtime (1.30) loads: tried with files of every version around these. */
const NEWEST_IR = 13;
const OPSETS = { oldest: 7, newest: 26 };
/** Whose operators ONNX Runtime has built in; the empty domain is ONNX's own. */
const DOMAINS = new Set(["", "ai.onnx", "ai.onnx.ml", "com.microsoft"]);
/** Names that the prepared model's own files have. */
const TAKEN = new Set(["model.onnx", "bertops.json", "tokenizer.json", "bertops-manifest.json"]);

/** Throws UserError where the service's ONNX Runtime could not load the graph: too new, or with operators of others. */
export function checkRunnable(facts: GraphFacts, file: string): void {
  if (facts.irVersion > NEWEST_IR) {
    throw unsupported(
      `${file} has IR version ${facts.irVersion}; the service's ONNX Runtime reads up to ${NEWEST_IR}.`,
      "Export it again for opset 17.",
    );
  }
  const opset = facts.opsets.get("") ?? facts.opsets.get("ai.onnx") ?? 0;
  if (!(opset >= OPSETS.oldest && opset <= OPSETS.newest)) {
    throw unsupported(
      `${file} is written in opset ${opset}; the service's ONNX Runtime reads ${OPSETS.oldest} to ${OPSETS.newest}.`,
      "Export it again for opset 17.",
    );
  }
  for (const operator of facts.operators) {
    const domain = operator.slice(0, operator.lastIndexOf(":"));
    if (DOMAINS.has(domain) || facts.functions.has(operator)) continue;
    const name = operator.slice(operator.lastIndexOf(":") + 1);
    throw unsupported(
      `${file} uses the operator ${name} of ${domain}, which ONNX Runtime does not have.`,
      "Export the model with ONNX's own operators only.",
    );
  }
}

/**
 * The files beside the graph in which its weights are, checked: plain names of files that lie there and are long
 * enough, whose tensors are apart or the same.
 */
export function dataFilesOf(
  facts: GraphFacts,
  file: string,
  sizes: ReadonlyMap<string, number>,
): readonly string[] {
  const directory = path.dirname(file);
  const places = facts.tensors.flatMap(({ name, place }) =>
    place === undefined ? [] : [{ name, ...place }],
  );
  for (const { name, file: data, offset, length } of places) {
    if (data === undefined) continue;
    if (data === "" || data !== path.basename(data) || data.includes("\\") || data.startsWith(".")) {
      throw damaged(file, `says that ${name} is in ${JSON.stringify(data)}, which is no file beside it`);
    }
    if (TAKEN.has(data)) {
      throw unsupported(
        `${file} keeps its weights in ${data}, a name that a prepared model has for something else.`,
        "Export it again: exporters name it model.onnx_data or model.onnx.data.",
      );
    }
    const size = sizes.get(data);
    if (size === undefined) throw absent(file, data, directory);
    if (offset + length > size) {
      throw damaged(
        path.join(directory, data),
        `is cut short: ${name} needs ${offset + length} bytes, it has ${size}`,
      );
    }
  }
  checkApart(places, file);
  return [...new Set(places.flatMap(({ file: data }) => data ?? []))].toSorted();
}

/** Two tensors of one range share their numbers, as tied weights do; two that overlap otherwise are an error. */
function checkApart(
  places: readonly {
    readonly name: string;
    readonly file?: string;
    readonly offset: number;
    readonly length: number;
  }[],
  file: string,
): void {
  const sorted = places.toSorted(
    (a, b) => (a.file ?? "").localeCompare(b.file ?? "") || a.offset - b.offset || a.length - b.length,
  );
  for (const [index, place] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || next.file !== place.file || place.length === 0) continue;
    const same = next.offset === place.offset && next.length === place.length;
    if (!same && next.offset < place.offset + place.length)
      throw damaged(file, `has overlapping weights: ${place.name} and ${next.name}`);
  }
}

function absent(file: string, data: string, directory: string): UserError {
  return new UserError({
    reason: "incomplete-model",
    message: `${file} keeps its weights in ${data}, which is not in ${directory}.`,
    hint: "Copy or download that file into the same directory.",
    exitCode: EXIT.usage,
  });
}

function damaged(file: string, what: string): UserError {
  return new UserError({
    reason: "corrupt-model",
    message: `${file} ${what}.`,
    hint: "Copy or download the model again, and compare its size and checksum with the original's.",
  });
}
