import { cp, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { crc32c, mask } from "../../src/model/checkpoint/crc32c.ts";
import { encodeTable } from "../checkpoint-writer/table-writer.ts";
import { tableEntries } from "../../src/model/checkpoint/table.ts";
import { Message } from "../../src/model/onnx/protobuf.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
const SNAPPY = fixture("tensorflow/snappy");
const PLAIN = fixture("tensorflow/halves");
const WORDS = "bert/embeddings/word_embeddings";

/** Copies a fixture, lets `damage` change it, and answers the error of converting it, after a look at what was left behind. */
async function failure(
  name: string,
  source: string,
  damage: (directory: string) => Promise<void>,
): Promise<UserError> {
  const directory = at(`${name}/in`);
  await cp(source, directory, { recursive: true });
  await damage(directory);
  const error: unknown = await prepare(directory, at(`${name}/out`)).catch((thrown: unknown) => thrown);
  expect(await readdir(at(name))).toEqual(["in"]);
  if (!(error instanceof UserError)) throw new Error(`no UserError but ${String(error)}`);
  // One sentence of one line.
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
}

/** Rewrites the index with other entries. */
async function rewriteIndex(
  directory: string,
  change: (key: string, value: Uint8Array) => Uint8Array,
): Promise<void> {
  const file = path.join(directory, "bert_model.ckpt.index");
  const entries = [...tableEntries(await readFile(file))].map(({ key, value }) => ({
    key,
    value: change(Buffer.from(key).toString(), value),
  }));
  await writeFile(file, encodeTable(entries));
}

interface HostileEntry {
  readonly shape: readonly number[];
  readonly size: number;
  readonly offset?: number;
  readonly dtype?: number;
  readonly shard?: number;
}

/** Replaces what the index says of the word embeddings. */
function sayOfWords(hostile: HostileEntry): (directory: string) => Promise<void> {
  const shape = new Message();
  for (const size of hostile.shape) shape.message(2, new Message().varint(1, size));
  const message = new Message().varint(1, hostile.dtype ?? 1).message(2, shape);
  message
    .varint(3, hostile.shard ?? 0)
    .varint(4, hostile.offset ?? 0)
    .varint(5, hostile.size);
  return (directory) => rewriteIndex(directory, (key, value) => (key === WORDS ? message.encode() : value));
}

const dataFile = (directory: string) => path.join(directory, "bert_model.ckpt.data-00000-of-00001");
const indexFile = (directory: string) => path.join(directory, "bert_model.ckpt.index");

test("a data file that is cut short is told before anything is written", async () => {
  const error = await failure("cut-data", PLAIN, (directory) => truncate(dataFile(directory), 20_000));
  expect(error).toMatchObject({ reason: "corrupt-model", exitCode: 1 });
  expect(error.message).toMatch(/is cut short: bert\/\S+ ends at \d+, the file has 20000 bytes/);
});

test("an index that is cut short, anywhere, is told as such", async () => {
  const whole = await readFile(indexFile(SNAPPY));
  for (const length of [0, 1, 47, 48, 300, whole.length - 1]) {
    const error = await failure(`cut-index-${length}`, SNAPPY, (directory) =>
      truncate(indexFile(directory), length),
    );
    expect(error.message).toMatch(/bert_model\.ckpt\.index is cut short/);
    expect(error).toMatchObject({ reason: "corrupt-model", exitCode: 1 });
  }
});

test("a flipped bit is noticed wherever it lies in the index", async () => {
  const size = (await readFile(indexFile(SNAPPY))).length;
  // The last 48 bytes hold padding, which means nothing.
  for (let place = 0; place < size - 48; place += 71) {
    const error = await failure(`flip-index-${place}`, SNAPPY, (directory) =>
      flip(indexFile(directory), place),
    );
    expect(error.reason).toBe("corrupt-model");
  }
});

test("a flipped bit is noticed wherever it lies in the weights that are read", async () => {
  // The last variables are the pooler's, which is not used: TensorFlow lays them out by name.
  const size = (await readFile(dataFile(PLAIN))).length - 2 * (24 * 24 + 24);
  for (let place = 0; place < size; place += 1999) {
    const error = await failure(`flip-data-${place}`, PLAIN, (directory) => flip(dataFile(directory), place));
    expect(error.message).toMatch(/checksum of bert\/\S+ does not match|value that is no number/);
  }
});

async function flip(file: string, place: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[place] = (bytes[place] ?? 0) ^ 4;
  await writeFile(file, bytes);
}

const HOSTILE: ReadonlyArray<readonly [string, HostileEntry, RegExp]> = [
  ["a shape of 2^40 by 2^40", { shape: [2 ** 40, 2 ** 40], size: 2 ** 50 }, /has the shape/],
  ["a size of 2^60", { shape: [48, 24], size: 2 ** 60 }, /and its index disagree/],
  ["a size that is not its shape's", { shape: [48, 24], size: 4607 }, /and its index disagree/],
  ["an offset of 2^52", { shape: [48, 24], size: 4608, offset: 2 ** 52 }, /is cut short/],
  ["a negative offset", { shape: [48, 24], size: 4608, offset: 2 ** 64 - 64 }, /is cut short/],
  ["a dimension of -64", { shape: [2 ** 64 - 64, 24], size: 4608 }, /has the shape/],
  ["a type of text", { shape: [48, 24], size: 4608, dtype: 7 }, /has TensorFlow's type 7, not floats/],
  ["a data file that there is none of", { shape: [48, 24], size: 4608, shard: 5 }, /names data file 5 of 1/],
];

for (const [name, entry, message] of HOSTILE) {
  test(`the index claims ${name}: refused in one sentence`, async () => {
    const error = await failure(`hostile-${name}`, PLAIN, sayOfWords(entry));
    expect(error.message).toMatch(message);
  });
}

test("block handles that point outside, huge compressed blocks and endless numbers are refused", async () => {
  const whole = await readFile(indexFile(PLAIN));
  const footer = (bytes: readonly number[]) => async (directory: string) => {
    const changed = Uint8Array.from(whole);
    changed.set(bytes, whole.length - 48);
    await writeFile(indexFile(directory), changed);
  };
  const outside = await failure(
    "outside",
    PLAIN,
    footer([0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 8]),
  );
  expect(outside.message).toMatch(/points outside itself/);
  const endless = await failure("endless", PLAIN, footer(Array.from({ length: 40 }, () => 255)));
  expect(endless.message).toMatch(/number that does not end/);
  const bomb = await failure("bomb", PLAIN, async (directory) => {
    // A block that claims to be 4 GB when it is uncompressed.
    const block = Uint8Array.of(255, 255, 255, 255, 15, 0, 65, 1);
    const sum = new Uint8Array(Uint32Array.of(mask(crc32c(block))).buffer);
    const tail = new Uint8Array(48);
    tail.set([0, block.length - 1, 0, block.length - 1]);
    tail.set(whole.subarray(whole.length - 8), 40);
    await writeFile(indexFile(directory), Buffer.concat([block, sum, tail]));
  });
  expect(bomb.message).toMatch(/claims 4294967295 bytes/);
});

test("weights that are no numbers are refused", async () => {
  const error = await failure("nan", PLAIN, async (directory) => {
    const bytes = await readFile(dataFile(directory));
    for (let offset = 0; offset < bytes.length; offset += 2) bytes.writeUInt16LE(0x7fff, offset);
    await writeFile(dataFile(directory), bytes);
  });
  expect(error.message).toMatch(/holds a value that is no number \(NaN at 0 of bert\/\S+\)/);
});

const CONTRADICTIONS: ReadonlyArray<readonly [string, Record<string, unknown>, RegExp]> = [
  ["another width", { hidden_size: 27 }, /has the shape \[48, 24\], but .* means \[48, 27\]/],
  ["more layers", { num_hidden_layers: 3 }, /has 2 layers, but .* says 3/],
  ["fewer layers", { num_hidden_layers: 1 }, /has 2 layers, but .* says 1/],
  ["heads that do not divide the width", { num_attention_heads: 5 }, /no multiple of num_attention_heads 5/],
  ["layers without number", { num_hidden_layers: 1e12 }, /num_hidden_layers is 1000000000000/],
  ["no width", { hidden_size: "wide" }, /hidden_size is "wide"/],
  ["an unknown activation", { hidden_act: "swish" }, /hidden_act is "swish", which bertops does not know/],
  ["another vocabulary", { vocab_size: 50 }, /has 48 pieces, but the model's word embeddings have 50 rows/],
];

for (const [name, members, message] of CONTRADICTIONS) {
  test(`a configuration with ${name} is refused`, async () => {
    const error = await failure(`config-${name}`, PLAIN, async (directory) => {
      const file = path.join(directory, "bert_config.json");
      const config = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      await writeFile(file, JSON.stringify({ ...config, ...members }));
    });
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });
}

test("a configuration that is no JSON, and a vocabulary that is no text, are refused", async () => {
  const json = await failure("no-json", PLAIN, (directory) =>
    writeFile(path.join(directory, "bert_config.json"), "{"),
  );
  expect(json.message).toMatch(/bert_config\.json is no JSON/);
  const binary = Uint8Array.of(0xff, 0xfe, 0x41);
  const text = await failure("no-text", PLAIN, (directory) =>
    writeFile(path.join(directory, "vocab.txt"), binary),
  );
  expect(text.message).toMatch(/vocab\.txt is not UTF-8 text/);
  const lines = "a\n".repeat(48);
  const special = await failure("no-cls", PLAIN, (directory) =>
    writeFile(path.join(directory, "vocab.txt"), lines),
  );
  expect(special.message).toMatch(/has no piece \[UNK\]/);
});

test("an index that names the same block again and again ends at a bound", async () => {
  const error = await failure("again", PLAIN, async (directory) => {
    const block = new Uint8Array(2_000_005);
    // One entry that fills it: read in an instant, but not five thousand times.
    block.set([0, 1, ...varint(block.length - 10), 0]);
    const data = seal(block);
    const handle = [0, ...varint(block.length)];
    const entry = (index: number) => [0, 4, handle.length, 0, 0, index >> 8, index & 255, ...handle];
    const pointers = Uint8Array.from([
      ...Array.from({ length: 5000 }, (_, index) => entry(index)).flat(),
      0,
      0,
      0,
      0,
    ]);
    const tail = new Uint8Array(48);
    tail.set([0, 0, ...varint(data.length), ...varint(pointers.length)]);
    tail.set((await readFile(indexFile(PLAIN))).subarray(-8), 40);
    await writeFile(indexFile(directory), Buffer.concat([data, seal(pointers), tail]));
  });
  expect(error.message).toMatch(/names more blocks than it has/);
});

function seal(block: Uint8Array): Buffer {
  const typed = Buffer.concat([block, Uint8Array.of(0)]);
  return Buffer.concat([typed, new Uint8Array(Uint32Array.of(mask(crc32c(typed))).buffer)]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
