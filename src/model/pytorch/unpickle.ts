import { Corrupt } from "../corrupt.ts";
import { isKind, type Value } from "./pickle-values.ts";
import { allowedGlobal, call, storage } from "./rebuild.ts";

/** A state dict of BERT-large takes 20,000 instructions; each may make a value, so this bounds the memory as well. */
const MOST_STEPS = 500_000;

/**
 * Reads one pickle that starts at `start`: a machine that knows only the instructions that tensors and plain values
 * need, runs no code and makes no objects of any class. Answers the value and where the pickle ends.
 */
export function unpickle(bytes: Uint8Array, start = 0): { value: Value; end: number } {
  const machine = new Machine(bytes, start);
  return { value: machine.run(), end: machine.at };
}

class Machine {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Value[] = [];
  /** How high the stack was at each open MARK. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = start;
  }

  run(): Value {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const code = this.#byte();
      if (code === 0x2e) return this.#pop();
      this.#step(code);
    }
    throw new Corrupt("holds a pickle with more instructions than any weights need");
  }

  #step(code: number): void {
    const step = STEPS[code];
    if (step === undefined) {
      const shown = code.toString(16).padStart(2, "0");
      throw new Corrupt(`holds the pickle instruction 0x${shown}, which no weights need: it is refused`);
    }
    step(this.#tools);
  }

  readonly #tools: Tools = {
    push: (value) => void this.#stack.push(value),
    pop: () => this.#pop(),
    top: () => {
      const value = this.#pop();
      this.#stack.push(value);
      return value;
    },
    popToMark: () => {
      const mark = this.#marks.pop();
      if (mark === undefined) throw new Corrupt("holds a pickle that ends what it never began");
      return this.#stack.splice(mark);
    },
    mark: () => void this.#marks.push(this.#stack.length),
    byte: () => this.#byte(),
    number: (width) => this.#number(width),
    bytes: (length) => this.#take(length),
    line: () => this.#line(),
    memo: this.#memo,
  };

  #pop(): Value {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    if (value === undefined) throw new Corrupt("holds a pickle that takes what it never put");
    return value;
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  #number(width: 2 | 4): number {
    const at = this.at;
    this.#take(width);
    return width === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  #take(length: number): Uint8Array {
    if (this.at + length > this.#bytes.length) throw new Corrupt("is cut short inside its pickle");
    const taken = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0 || end - this.at > 1000) throw new Corrupt("holds a pickle whose line does not end");
    const text = Buffer.from(this.#take(end - this.at)).toString("latin1");
    this.at += 1;
    return text;
  }
}

interface Tools {
  readonly push: (value: Value) => void;
  readonly pop: () => Value;
  readonly top: () => Value;
  readonly popToMark: () => Value[];
  readonly mark: () => void;
  readonly byte: () => number;
  readonly number: (width: 2 | 4) => number;
  readonly bytes: (length: number) => Uint8Array;
  readonly line: () => string;
  readonly memo: Map<number, Value>;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Python's pickle instructions by their codes (pickletools has the names), as far as they are allowed. */
const STEPS: Readonly<Record<number, (tools: Tools) => void>> = {
  // PROTO, FRAME: nothing that matters here.
  0x80: (tools) => void tools.byte(),
  0x95: (tools) => void tools.bytes(8),
  // NONE, NEWTRUE, NEWFALSE
  0x4e: ({ push }) => push(null),
  0x88: ({ push }) => push(true),
  0x89: ({ push }) => push(false),
  // BININT, BININT1, BININT2, LONG1, BINFLOAT
  0x4a: ({ push, number }) => push(number(4) | 0),
  0x4b: ({ push, byte }) => push(byte()),
  0x4d: ({ push, number }) => push(number(2)),
  0x8a: ({ push, byte, bytes }) => push(long(bytes(byte()))),
  0x47: ({ push, bytes }) => push(Buffer.from(bytes(8)).readDoubleBE()),
  // BINUNICODE, SHORT_BINUNICODE, SHORT_BINSTRING, BINSTRING
  0x58: ({ push, number, bytes }) => push(text(bytes(number(4)))),
  0x8c: ({ push, byte, bytes }) => push(text(bytes(byte()))),
  0x55: ({ push, byte, bytes }) => push(text(bytes(byte()))),
  0x54: ({ push, number, bytes }) => push(text(bytes(number(4)))),
  // MARK, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  0x28: ({ mark }) => mark(),
  0x29: ({ push }) => push({ kind: "tuple", items: [] }),
  0x74: ({ push, popToMark }) => push({ kind: "tuple", items: popToMark() }),
  0x85: (tools) => tuple(tools, 1),
  0x86: (tools) => tuple(tools, 2),
  0x87: (tools) => tuple(tools, 3),
  // EMPTY_LIST, APPEND, APPENDS
  0x5d: ({ push }) => push({ kind: "list", items: [] }),
  0x61: ({ pop, top }) => append(top, [pop()]),
  0x65: ({ popToMark, top }) => append(top, popToMark()),
  // EMPTY_DICT, SETITEM, SETITEMS
  0x7d: ({ push }) => push({ kind: "dict", items: new Map() }),
  0x73: ({ pop, top }) => {
    const value = pop();
    setItems(top, [pop(), value]);
  },
  0x75: ({ popToMark, top }) => setItems(top, popToMark()),
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  0x71: ({ memo, byte, top }) => void memo.set(byte(), top()),
  0x72: ({ memo, number, top }) => void memo.set(number(4), top()),
  0x94: ({ memo, top }) => void memo.set(memo.size, top()),
  0x68: ({ memo, byte, push }) => push(recall(memo, byte())),
  0x6a: ({ memo, number, push }) => push(recall(memo, number(4))),
  // GLOBAL, STACK_GLOBAL: only a closed list of names.
  0x63: ({ push, line }) => push(allowedGlobal(line(), line())),
  0x93: ({ push, pop }) => {
    const name = pop();
    const module = pop();
    if (typeof name !== "string" || typeof module !== "string")
      throw new Corrupt("names something by no name");
    push(allowedGlobal(module, name));
  },
  // REDUCE: one of the few calls that are understood. BUILD: a dict's own attributes, which nobody needs.
  0x52: ({ push, pop }) => {
    const argument = pop();
    push(call(pop(), argument));
  },
  0x62: ({ pop, top }) => {
    pop();
    if (!isKind(top(), "dict"))
      throw new Corrupt("sets the state of something that is no dict: it is refused");
  },
  // BINPERSID: a storage.
  0x51: ({ push, pop }) => push(storage(pop())),
};

function tuple({ push, pop }: Tools, length: number): void {
  const items = Array.from({ length }, () => pop()).toReversed();
  push({ kind: "tuple", items });
}

function append(top: () => Value, items: readonly Value[]): void {
  const list = top();
  if (!isKind(list, "list")) throw new Corrupt("appends to something that is no list");
  for (const item of items) list.items.push(item);
}

function setItems(top: () => Value, items: readonly Value[]): void {
  const dict = top();
  if (!isKind(dict, "dict") || items.length % 2 !== 0)
    throw new Corrupt("sets items of something that is no dict");
  for (let index = 0; index < items.length; index += 2) {
    const key = items[index];
    if (typeof key !== "string" && typeof key !== "number")
      throw new Corrupt("has a key that is neither text nor number");
    dict.items.set(key, items[index + 1] ?? null);
  }
}

function recall(memo: ReadonlyMap<number, Value>, index: number): Value {
  const value = memo.get(index);
  if (value === undefined) throw new Corrupt("recalls what it never noted");
  return value;
}

/** A signed little-endian number of up to 255 bytes. */
function long(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
