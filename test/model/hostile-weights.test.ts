import { execFileSync } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { UserError } from "../../src/errors.ts";
import { unpickle } from "../../src/model/pytorch/unpickle.ts";
import { parseSafetensorsHeader } from "../../src/model/safetensors/header.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
let made = 0;

/** Converts a fixture whose weights file is replaced, and answers the error; nothing may be left behind. */
async function failure(
  source: string,
  file: string,
  change: (bytes: Buffer) => Uint8Array,
): Promise<UserError> {
  made += 1;
  const directory = at(`${made}/in`);
  await cp(fixture(`huggingface/${source}`), directory, { recursive: true });
  const target = path.join(directory, file);
  await writeFile(target, change(await readFile(target)));
  const error: unknown = await prepare(directory, at(`${made}/out`)).catch((thrown: unknown) => thrown);
  expect(await readdir(at(`${made}`))).toEqual(["in"]);
  if (!(error instanceof UserError)) throw new Error(`no UserError but ${String(error)}`);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
}

const safetensors = (change: (bytes: Buffer) => Uint8Array) =>
  failure("safetensors", "model.safetensors", change);

/** The same data under another header. */
function withHeader(
  change: (header: Record<string, { data_offsets: number[]; shape: number[]; dtype: string }>) => unknown,
) {
  return (bytes: Buffer): Buffer => {
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Parameters<typeof change>[0];
    const text = Buffer.from(JSON.stringify(change(header) ?? header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([size, text, bytes.subarray(8 + length)]);
  };
}

const WORDS = "embeddings.word_embeddings.weight";

const BAD_SAFETENSORS: ReadonlyArray<readonly [string, (bytes: Buffer) => Uint8Array, RegExp]> = [
  ["cut short in its data", (bytes) => bytes.subarray(0, 20_000), /is cut short/],
  ["cut short in its header", (bytes) => bytes.subarray(0, 500), /is cut short/],
  ["empty", () => Buffer.alloc(0), /is cut short/],
  ["with bytes that no tensor covers", (bytes) => Buffer.concat([bytes, Buffer.alloc(8)]), /is too long/],
  [
    "with a header of 2^60 bytes",
    (bytes) => Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 16), bytes]),
    /claims a header of 1152921504606847000 bytes/,
  ],
  ["with a header that is no JSON", (bytes) => Buffer.from(bytes).fill("x", 8, 20), /no JSON/],
  [
    "with overlapping tensors",
    withHeader((header) => void header[WORDS]?.data_offsets.fill(0)),
    /gives embeddings|overlap|impossible/,
  ],
  [
    "with a shape of 2^40 by 2^40",
    withHeader((header) => void header[WORDS]?.shape.fill(2 ** 40)),
    /the shape \[1099511627776, 1099511627776\], but/,
  ],
  [
    "with a negative size",
    withHeader((header) => void header[WORDS]?.shape.fill(-1)),
    /in a way that is not the format's/,
  ],
  [
    "with a type that is no float",
    withHeader((header) => void Object.assign(header[WORDS] ?? {}, { dtype: "I32" })),
    /has the type I32/,
  ],
  ["with NaN", (bytes) => bytes.fill(255, bytes.length - 4000), /holds a value that is no number/],
];

for (const [name, change, message] of BAD_SAFETENSORS) {
  test(`a safetensors file ${name} is refused in one sentence`, async () => {
    expect((await safetensors(change)).message).toMatch(message);
  });
}

test("an index that names files elsewhere, or tensors that no file has, is refused", async () => {
  const index = (change: (map: Record<string, string>) => void) => (bytes: Buffer) => {
    const parsed = JSON.parse(bytes.toString()) as { weight_map: Record<string, string> };
    change(parsed.weight_map);
    return Buffer.from(JSON.stringify(parsed));
  };
  const file = "model.safetensors.index.json";
  for (const name of ["../../etc/passwd", "/etc/passwd", "", ".hidden", "a/b"]) {
    const error = await failure(
      "sharded",
      file,
      index((map) => void (map[WORDS] = name)),
    );
    expect(error.message).toMatch(/names a file that is not beside it/);
  }
  const missing = await failure(
    "sharded",
    file,
    index((map) => void (map["other"] = map[WORDS] ?? "")),
  );
  expect(missing.message).toMatch(/names other, which no file has/);
});

test("a sharded header's every mutation is read or refused, never worse", async () => {
  const header = Buffer.from(JSON.stringify({ a: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] } }));
  for (let place = 0; place < header.length; place += 1) {
    for (const byte of [0, 34, 45, 57, 93, 125, 255]) {
      const changed = Buffer.from(header);
      changed[place] = byte;
      expect(outcome(() => parseSafetensorsHeader(changed, 16))).toMatch(/^(read|Corrupt)$/);
    }
  }
});

const pytorch = (change: (bytes: Buffer) => Uint8Array) =>
  failure("pytorch-zip", "pytorch_model.bin", change);
const legacy = (change: (bytes: Buffer) => Uint8Array) =>
  failure("pytorch-legacy", "pytorch_model.bin", change);

test("PyTorch files that are cut short or overwritten are refused", async () => {
  expect((await pytorch((bytes) => bytes.subarray(0, 30_000))).message).toMatch(/damaged zip archive/);
  expect((await pytorch((bytes) => bytes.subarray(0, 2))).message).toMatch(/damaged zip archive/);
  expect((await pytorch(() => Buffer.from("hello"))).message).toMatch(/no file that torch\.save wrote/);
  expect((await legacy((bytes) => bytes.subarray(0, 30_000))).message).toMatch(/is cut short/);
  expect((await legacy((bytes) => bytes.subarray(0, 100))).message).toMatch(/is cut short/);
});

/** Where the entries' checksums lie in a zip: behind the signatures of local headers and of the directory's entries. */
function checksums(bytes: Buffer): number[] {
  const places: number[] = [];
  for (const [signature, behind] of [
    ["PK\u0003\u0004", 14],
    ["PK\u0001\u0002", 16],
  ] as const) {
    let found = bytes.indexOf(signature);
    for (; found >= 0; found = bytes.indexOf(signature, found + 4)) places.push(found + behind);
  }
  return places;
}

test("a flipped bit in the weights of a zip is noticed by its checksum", async () => {
  // The word embeddings and a kernel; the last bit changes a number a little.
  for (const entry of ["pytorch_model/data/0", "pytorch_model/data/5"]) {
    const error = await pytorch((bytes) => {
      const name = bytes.indexOf(entry);
      expect(bytes.toString("latin1", name - 30, name - 26)).toBe("PK\u0003\u0004");
      const first = name + entry.length + bytes.readUInt16LE(name - 2);
      bytes[first] = (bytes[first] ?? 0) ^ 1;
      return bytes;
    });
    expect(error.message).toMatch(/is damaged: the checksum of \S+ does not match/);
  }
});

test("a zip that torch was told to write without checksums is taken", async () => {
  const directory = at("unchecked");
  await cp(fixture("huggingface/pytorch-zip"), directory, { recursive: true });
  const file = path.join(directory, "pytorch_model.bin");
  const bytes = await readFile(file);
  expect(checksums(bytes).length).toBeGreaterThan(20);
  for (const place of checksums(bytes)) bytes.fill(0, place, place + 4);
  await writeFile(file, bytes);
  expect((await prepare(directory, at("unchecked-out"))).written).toBe(true);
});

/** A zip of stored entries. */
async function zipOf(entries: Iterable<readonly [string, Uint8Array]>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of entries) zip.addBuffer(Buffer.from(content), name, { compress: false });
  zip.end();
  return buffer(zip.outputStream);
}

test("a zip with two entries of one name, a hundred thousand of them, compressed ones or none of torch's is refused", async () => {
  const some = Buffer.from("\x80\x02}.", "latin1");
  const refusal = async (entries: Iterable<readonly [string, Uint8Array]>) => {
    const zip = await zipOf(entries);
    return (await pytorch(() => zip)).message;
  };
  expect(
    await refusal([
      ["a/data.pkl", some],
      ["a/data.pkl", some],
    ]),
  ).toMatch(/two entries called a\/data\.pkl/);
  expect(await refusal([["a/b", some]])).toMatch(/none that torch\.save wrote/);
  expect(
    await refusal([
      ["a/data.pkl", some],
      ["a/byteorder", Buffer.alloc(1_000_000, "little")],
    ]),
  ).toMatch(/big-endian/);
  expect(await refusal([["a/data.pkl", some]])).toMatch(/holds a dict without tensors/);
  const many = function* () {
    for (let index = 0; index < 10_001; index += 1) yield [`a/data/${index}`, some] as const;
  };
  expect(await refusal(many())).toMatch(/claims 10001 entries/);
  const compressed = new ZipFile();
  compressed.addBuffer(Buffer.alloc(10_000_000), "a/data.pkl");
  compressed.end();
  const bomb = await buffer(compressed.outputStream);
  expect((await pytorch(() => bomb)).message).toMatch(/is compressed, which torch\.save never does/);
});

test("a pipe in place of a file is no model, and nobody waits for it", async () => {
  const directory = at("pipe");
  await cp(fixture("huggingface/sentence-transformers"), directory, { recursive: true });
  await rm(path.join(directory, "1_Pooling/config.json"));
  execFileSync("mkfifo", [path.join(directory, "1_Pooling/config.json")]);
  await expect(prepare(directory, at("pipe-out"))).rejects.toMatchObject({
    message: expect.stringMatching(/Cannot read .*config\.json: it is not a regular file/) as string,
  });
  await rm(path.join(directory, "model.safetensors"));
  execFileSync("mkfifo", [path.join(directory, "model.safetensors")]);
  await expect(prepare(directory, at("pipe-out"))).rejects.toMatchObject({ reason: "incomplete-model" });
});

test("a pickle with code is refused by name before anything runs", async () => {
  // What `pickle.dumps` makes of an object whose __reduce__ is (os.system, ("touch x",)).
  const evil = Buffer.from(
    "\x80\x02cposix\nsystem\nq\x00X\x07\x00\x00\x00touch xq\x01\x85q\x02Rq\x03.",
    "latin1",
  );
  const error = await legacy((bytes) => Buffer.concat([bytes.subarray(0, LEGACY_HEAD), evil, bytes]));
  expect(error.message).toMatch(/asks for posix\.system to be run, which no weights need/);
  for (const name of [
    "builtins\neval",
    "torch._utils\n_rebuild_qtensor",
    "torch.storage\n_load_from_bytes",
    "\u001b[2J\nx",
  ]) {
    const bytes = Buffer.from(`\x80\x02c${name}\n.`, "latin1");
    expect(() => unpickle(bytes)).toThrow(/asks for [\x20-\x7e]+ to be run/);
  }
});

/** Where the second pickle of a legacy file begins: behind the magic number. */
const LEGACY_HEAD = 15;

const BAD_PICKLES: ReadonlyArray<readonly [string, string, RegExp]> = [
  ["an instruction that makes objects", "\x80\x02i", /instruction 0x69/],
  ["a number that takes what nobody put", "\x80\x02\x85.", /takes what it never put/],
  ["an item of a number", "\x80\x02K\x01K\x02K\x03s.", /no dict/],
  ["a recalled value that was never noted", "\x80\x02h\x07.", /never noted/],
  ["a text of 2 GB", "\x80\x02X\xff\xff\xff\x7f.", /is cut short/],
  ["an end without a beginning", "\x80\x02t.", /never began/],
  ["a value from below an open mark", "\x80\x02K\x01(0.", /instruction 0x30/],
  ["no end", "\x80\x02N", /is cut short/],
  ["a storage of a text", "\x80\x02X\x01\x00\x00\x00aQ.", /in a way that PyTorch does not/],
];

for (const [name, pickle, message] of BAD_PICKLES) {
  test(`a pickle with ${name} is refused`, () => {
    expect(() => unpickle(Buffer.from(pickle, "latin1"))).toThrow(message);
  });
}

test("a pickle of millions of values ends at a bound", () => {
  expect(() =>
    unpickle(Buffer.concat([Buffer.from("\x80\x02]", "latin1"), Buffer.alloc(8_000_000, "}a")])),
  ).toThrow(/more instructions than any weights need/);
});

test("every mutation of a real pickle is read or refused, never worse", async () => {
  const whole = await readFile(path.join(fixture("huggingface/pytorch-legacy"), "pytorch_model.bin"));
  const head = whole.subarray(0, 4000);
  for (let place = 0; place < head.length; place += 7) {
    const changed = Buffer.from(head);
    changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
    expect(outcome(() => readAll(changed))).toMatch(/^(read|Corrupt)$/);
  }
});

function readAll(bytes: Uint8Array): void {
  let place = 0;
  for (let index = 0; index < 4; index += 1) place = unpickle(bytes, place).end;
}

function outcome(work: () => unknown): string {
  try {
    work();
    return "read";
  } catch (error) {
    return (error as Error).name;
  }
}
