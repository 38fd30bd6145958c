import { tileModule } from "./product-kernel.ts";

const PAGE = 65_536;

/** The kernel's function; every argument but `inner` is a byte offset or a length in bytes. */
type Tile = (left: number, stride: number, strip: number, inner: number, out: number) => void;

/** The part of WebAssembly that is used: Node has it, its type package leaves it to the browser's. */
interface Assembly {
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { e: { m: Memory } }) => { exports: { tile: Tile } };
}
interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}
const { WebAssembly: assembly } = globalThis as unknown as { readonly WebAssembly: Assembly };

/** Multiplies row-major matrices of float32; holds the memory that the kernel works in. */
export class MatrixProduct {
  readonly #memory: Memory;
  readonly #tile: Tile;

  constructor() {
    this.#memory = new assembly.Memory({ initial: 1 });
    const instance = new assembly.Instance(new assembly.Module(tileModule()), { e: { m: this.#memory } });
    this.#tile = instance.exports.tile;
  }

  /** Adds `left` [rows, inner] times `right` [inner, columns] to `sum`, [rows, columns]; answers that. */
  multiply(
    left: Float32Array,
    inner: number,
    right: Float32Array,
    columns: number,
    sum: Float32Array = new Float32Array((left.length / inner) * columns),
  ): Float32Array {
    const rows = left.length / inner;
    const padded = Math.ceil(rows / 4) * 4;
    // Laid out one after the other: the left side, eight columns of the right one, eight columns of the result.
    const strip = padded * inner;
    const out = strip + inner * 8;
    const memory = this.#reserve((out + padded * 8) * 4);
    memory.fill(0, rows * inner, strip);
    memory.set(left);
    for (let column = 0; column < columns; column += 8) {
      const width = Math.min(8, columns - column);
      if (width < 8) memory.fill(0, strip, out);
      for (let k = 0; k < inner; k += 1) {
        const from = k * columns + column;
        for (let c = 0; c < width; c += 1) memory[strip + k * 8 + c] = right[from + c] as number;
      }
      for (let row = 0; row < padded; row += 4) {
        this.#tile(row * inner * 4, inner * 4, strip * 4, inner, (out + row * 8) * 4);
      }
      for (let row = 0; row < rows; row += 1) {
        const from = out + row * 8;
        const to = row * columns + column;
        for (let c = 0; c < width; c += 1)
          sum[to + c] = (sum[to + c] as number) + (memory[from + c] as number);
      }
    }
    return sum;
  }

  #reserve(bytes: number): Float32Array {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return new Float32Array(this.#memory.buffer);
  }
}
