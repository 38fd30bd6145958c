import { type FileHandle, open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Emit } from "../../events.ts";
import { ModelFile } from "../model-file.ts";
import { checkSpace } from "../prepared/check-space.ts";
import { PREPARED } from "../prepared/settings.ts";
import type { OpenExport } from "./open-onnx-export.ts";
import type { OnnxExport } from "./look-for-onnx-export.ts";
import { firstNaN } from "./not-a-number.ts";

/** A part of a file that holds floats; its first byte is a number's first byte. */
interface FloatPart {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** float32, float16 or bfloat16, by its number in onnx.proto. */
  readonly element: number;
}

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly floats: readonly FloatPart[];
}

const CHUNK = 4 * 1024 * 1024;
const FLOATS = new Set([1, 10, 16]);

/** Copies graph, weights and tokenizer into an existing directory and writes the settings; looks for NaN on the way. */
export async function writeExport(
  directory: string,
  model: OnnxExport,
  { settings, facts }: OpenExport,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> {
  const source = path.dirname(model.graph);
  const floatsOf = (file?: string): FloatPart[] =>
    facts.tensors.flatMap(({ name, element, place }) =>
      place !== undefined && place.file === file && FLOATS.has(element) ? [{ ...place, name, element }] : [],
    );
  const copies: Copy[] = [
    { from: model.graph, to: PREPARED.graph, floats: floatsOf() },
    ...settings.graph.data.map((name) => ({
      from: path.join(source, name),
      to: name,
      floats: floatsOf(name),
    })),
    { from: model.tokenizer, to: PREPARED.tokenizer, floats: [] },
  ];
  const files: ModelFile[] = [];
  try {
    for (const { from } of copies) files.push(await ModelFile.open(from));
    const total = files.reduce((sum, file) => sum + file.size, 0);
    await checkSpace(directory, total);
    let done = 0;
    const copied = (bytes: number): void => {
      signal.throwIfAborted();
      done += bytes;
      emit({ type: "progress", id: "convert", label: "copy the export", done, total, unit: "bytes" });
    };
    for (const [index, { to, floats }] of copies.entries()) {
      const file = files[index];
      if (file !== undefined) await copyFile(file, path.join(directory, to), floats, copied);
    }
  } finally {
    for (const file of files) await file.close();
  }
  const text = `${JSON.stringify(settings, undefined, 2)}\n`;
  await writeFile(path.join(directory, PREPARED.settings), text, { mode: 0o644 });
}

async function copyFile(
  file: ModelFile,
  target: string,
  floats: readonly FloatPart[],
  copied: (bytes: number) => void,
): Promise<void> {
  const output = await open(target, "wx", 0o644);
  try {
    let at = 0;
    for (const part of floats.toSorted((a, b) => a.offset - b.offset)) {
      // Tied weights: the same numbers under another name.
      if (part.offset < at) continue;
      await copyRange(file, output, at, part.offset, copied);
      await copyRange(file, output, part.offset, part.offset + part.length, copied, part);
      at = part.offset + part.length;
    }
    await copyRange(file, output, at, file.size, copied);
  } finally {
    await output.close();
  }
}

async function copyRange(
  file: ModelFile,
  output: FileHandle,
  from: number,
  to: number,
  copied: (bytes: number) => void,
  part?: FloatPart,
): Promise<void> {
  const buffer = new ArrayBuffer(Math.min(CHUNK, to - from));
  for (let at = from; at < to;) {
    const bytes = new Uint8Array(buffer, 0, Math.min(CHUNK, to - at));
    await file.readInto(bytes, at);
    const bad = part === undefined ? undefined : firstNaN(bytes, part.element);
    if (bad !== undefined) {
      const index = (at - from) / (part?.element === 1 ? 4 : 2) + bad;
      throw file.corrupt(`holds a value that is no number (NaN at ${index} of ${part?.name})`);
    }
    for (let done = 0; done < bytes.length;) done += (await output.write(bytes, done)).bytesWritten;
    copied(bytes.length);
    at += bytes.length;
  }
}
