import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { torchForm } from "./variables.js";

/** @import { Variable } from "./variables.js" */

/**
 * As Hugging Face names and turns them, in two files with an index.
 * @param {string} directory @param {Variable[]} variables
 */
export async function writeSafetensors(directory, variables) {
  /** @type {Record<string, string>} */
  const map = {};
  for (const part of [0, 1]) {
    const file = `model-0000${part + 1}-of-00002.safetensors`;
    const own = variables.filter((_, index) => index % 2 === part);
    let end = 0;
    /** @type {Record<string, unknown>} */
    const header = {};
    for (const variable of own) {
      const [name, shape] = torchForm(variable);
      const begin = end;
      end += 4 * variable.size;
      header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
      map[name] = file;
    }
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const handle = await open(path.join(directory, file), "wx");
    await handle.writeFile(Buffer.concat([size, text]));
    for (const { values } of own) {
      const numbers = values();
      await handle.writeFile(new Uint8Array(numbers.buffer));
    }
    await handle.close();
  }
  await writeFile(path.join(directory, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
}
