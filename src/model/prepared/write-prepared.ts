import { type FileHandle, open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Emit } from "../../events.ts";
import { byteLength, writeWeights } from "../onnx/data-file.ts";
import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { encodeModel } from "../onnx/messages.ts";
import { vocabularyText, type Vocabulary } from "../vocabulary.ts";
import { checkSpace } from "./check-space.ts";
import { type PackedSettings, PREPARED } from "./settings.ts";

/** Everything that a prepared model's files are made of. */
export interface PreparedContent {
  readonly graph: GraphBuilder;
  readonly vocabulary: Vocabulary;
  readonly settings: PackedSettings;
}

/** Writes the four files into an existing directory, the weights as a stream. */
export async function writePrepared(
  directory: string,
  content: PreparedContent,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> {
  const { weights } = content.graph;
  const total = weights.reduce((sum, weight) => sum + byteLength(weight), 0);
  await checkSpace(directory, total);
  const file = await open(path.join(directory, PREPARED.weights), "wx", 0o644);
  try {
    let done = 0;
    const placements = await writeWeights(weights, PREPARED.weights, sink(file, signal), (bytes) => {
      done += bytes;
      emit({ type: "progress", id: "convert", label: "write weights", done, total, unit: "bytes" });
    });
    const graph = content.graph.finish(content.settings.architecture, placements);
    await writeFile(path.join(directory, PREPARED.graph), encodeModel(graph), { mode: 0o644 });
  } finally {
    await file.close();
  }
  const settings = `${JSON.stringify(content.settings, undefined, 2)}\n`;
  await writeFile(path.join(directory, PREPARED.vocabulary), vocabularyText(content.vocabulary), {
    mode: 0o644,
  });
  await writeFile(path.join(directory, PREPARED.settings), settings, { mode: 0o644 });
}

function sink(file: FileHandle, signal: AbortSignal) {
  return {
    write: async (bytes: Uint8Array): Promise<void> => {
      signal.throwIfAborted();
      for (let done = 0; done < bytes.length;) {
        done += (await file.write(bytes, done)).bytesWritten;
      }
    },
  };
}
