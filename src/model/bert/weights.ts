import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { joinedBands, widthOf } from "../matrix-bands.ts";
import { readWhole, sizeOf, type Tensor } from "../tensor.ts";
import type { Architecture, BertWeights } from "./architecture.ts";

/** Puts a tensor into the graph as it is, chunk by chunk; answers its name. */
export function streamed(graph: GraphBuilder, tensor: Tensor, repacked = false): string {
  return graph.weight({
    name: tensor.name,
    element: "float32",
    shape: tensor.shape,
    repacked,
    chunks: async function* () {
      for await (const chunk of tensor.read()) yield bytesOf(chunk);
    },
  });
}

/** Puts matrices of equal height side by side: [h, a] and [h, b] become [h, a + b]; answers the name. */
export function joinColumns(graph: GraphBuilder, name: string, parts: readonly Tensor[]): string {
  return graph.weight({
    name,
    element: "float32",
    shape: [parts[0]?.shape[0] ?? 0, widthOf(parts)],
    repacked: true,
    chunks: async function* () {
      for await (const band of joinedBands(parts)) yield bytesOf(band);
    },
  });
}

/** Puts vectors one after the other; answers the name. */
export function joinVectors(graph: GraphBuilder, name: string, parts: readonly Tensor[]): string {
  return graph.weight({
    name,
    element: "float32",
    shape: [parts.reduce((sum, part) => sum + sizeOf(part.shape), 0)],
    chunks: async function* () {
      for (const part of parts) yield bytesOf(await readWhole(part));
    },
  });
}

/** The position table with the embedding of token type 0 added to each row: bertops reads single texts only. */
export function positionTable(graph: GraphBuilder, architecture: Architecture, weights: BertWeights): string {
  const { hidden, positions } = architecture;
  const table = weights.tensor("embeddings/position_embeddings", [positions, hidden]);
  if (weights.tokenTypes === 0) return streamed(graph, table);
  const types = weights.tensor("embeddings/token_type_embeddings", [weights.tokenTypes, hidden]);
  return graph.weight({
    name: table.name,
    element: "float32",
    shape: table.shape,
    chunks: async function* () {
      const folded = await readWhole(table);
      const first = await readWhole(types);
      for (let index = 0; index < folded.length; index += 1) {
        folded[index] = (folded[index] ?? 0) + (first[index % hidden] ?? 0);
      }
      yield bytesOf(folded);
    },
  });
}

/** The bytes of values in memory, not copied. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
