/**
 * A protobuf message as it is written: fields in the order they are added, nothing buffered twice. Enough of the wire
 * format for ONNX and for TensorFlow's checkpoint index: varints, fixed32, floats, bytes, text and nested messages.
 */
export class Message {
  readonly #bytes: number[] = [];

  /** An unsigned varint, up to 2^53. */
  varint(field: number, value: number): this {
    this.#key(field, 0);
    this.#varint(value);
    return this;
  }

  /** A little-endian unsigned 32-bit number. */
  fixed32(field: number, value: number): this {
    this.#key(field, 5);
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
    return this;
  }

  /** An IEEE 754 single. */
  float(field: number, value: number): this {
    return this.fixed32(field, new Uint32Array(new Float32Array([value]).buffer)[0] ?? 0);
  }

  text(field: number, value: string): this {
    return this.raw(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.raw(field, value.#bytes);
  }

  raw(field: number, value: Uint8Array | readonly number[]): this {
    this.#key(field, 2);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  encode(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #key(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
  }
}
