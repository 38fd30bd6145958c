import { open, writeFile } from "node:fs/promises";
import { Message } from "../../src/model/onnx/protobuf.ts";
import { crc32c, mask } from "../../src/model/checkpoint/crc32c.ts";
import { encodeHalves } from "./half.ts";
import { encodeTable } from "./table-writer.ts";

/** A variable to be written; the values are asked for when their turn comes. */
export interface BundleVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: () => Float32Array;
}

const DTYPE = { float32: 1, float16: 19 } as const;

/** Writes a TensorFlow V2 checkpoint of one data file: `PREFIX.index` and `PREFIX.data-00000-of-00001`. */
export async function writeBundle(
  prefix: string,
  variables: readonly BundleVariable[],
  format: keyof typeof DTYPE = "float32",
): Promise<void> {
  const header = new Message().varint(1, 1).message(3, new Message().varint(1, 1));
  const entries = [{ key: new Uint8Array(0), value: header.encode() }];
  const file = await open(`${prefix}.data-00000-of-00001`, "w");
  let offset = 0;
  try {
    for (const variable of variables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const values = variable.values();
      const bytes =
        format === "float16"
          ? encodeHalves(values)
          : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await file.writeFile(bytes);
      const value = entry(variable.shape, DTYPE[format], offset, bytes);
      entries.push({ key: new TextEncoder().encode(variable.name), value });
      offset += bytes.length;
    }
  } finally {
    await file.close();
  }
  await writeFile(`${prefix}.index`, encodeTable(entries));
}

function entry(shape: readonly number[], dtype: number, offset: number, bytes: Uint8Array): Uint8Array {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(2, new Message().varint(1, size));
  const message = new Message().varint(1, dtype).message(2, dimensions);
  // Protobuf leaves zeros out, and so does TensorFlow.
  if (offset > 0) message.varint(4, offset);
  return message
    .varint(5, bytes.length)
    .fixed32(6, mask(crc32c(bytes)))
    .encode();
}
