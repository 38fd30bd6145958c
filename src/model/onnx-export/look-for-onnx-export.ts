import path from "node:path";
import { type DirectoryListing, listDirectory } from "../directory-listing.ts";
import type { Finding } from "../finding.ts";

/** An ONNX export with its tokenizer: as optimum and torch write it, or the `onnx` folder of a hub's directory. */
export interface OnnxExport {
  readonly form: "onnx";
  readonly directory: string;
  /** The graph's path. */
  readonly graph: string;
  readonly tokenizer: string;
}

const FORM = "an ONNX export";
const FOLDER = "onnx";

/**
 * Looks for a graph, in the directory or its folder `onnx`, and a tokenizer.json. Of several graphs `model.onnx` is
 * taken unless one was named; the others are the same model in other precisions.
 */
export async function lookForOnnxExport(
  listing: DirectoryListing,
  wanted?: string,
): Promise<Finding | undefined> {
  const { directory } = listing;
  const folder = listing.directories.includes(FOLDER)
    ? await listDirectory(path.join(directory, FOLDER)).catch(() => undefined)
    : undefined;
  const graphs = [
    ...graphsIn(listing),
    ...(folder === undefined ? [] : graphsIn(folder).map((name) => `${FOLDER}/${name}`)),
  ];
  if (graphs.length === 0) return undefined;
  const graph = wanted ?? usual(graphs);
  if (graph === undefined) {
    const hint = `Name one: ${path.join(directory, graphs[0] ?? "")}.`;
    return {
      form: FORM,
      found: graphs.slice(0, 5),
      missing: ["a model.onnx that says which one counts"],
      hint,
    };
  }
  const tokenizer = ["tokenizer.json", `${FOLDER}/tokenizer.json`].find((name) =>
    (name.startsWith(FOLDER) ? folder : listing)?.files.has("tokenizer.json"),
  );
  if (tokenizer === undefined) return { form: FORM, found: [graph], missing: ["tokenizer.json"], hint: SAVE };
  const at = (name: string) => path.join(directory, name);
  const model: OnnxExport = { form: "onnx", directory, graph: at(graph), tokenizer: at(tokenizer) };
  return { form: FORM, found: [graph, tokenizer], missing: [], model };
}

const SAVE =
  'Save the tokenizer beside it: AutoTokenizer.from_pretrained("MODEL").save_pretrained("DIR") in Python.';

function graphsIn(listing: DirectoryListing): string[] {
  return [...listing.files.keys()].filter((name) => name.endsWith(".onnx") && !name.startsWith("."));
}

function usual(graphs: readonly string[]): string | undefined {
  const named = ["model.onnx", `${FOLDER}/model.onnx`].find((name) => graphs.includes(name));
  return named ?? (graphs.length === 1 ? graphs[0] : undefined);
}
