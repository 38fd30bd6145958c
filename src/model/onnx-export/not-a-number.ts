/**
 * The index of the first NaN among little-endian float32 (1), float16 (10) or bfloat16 (16) numbers. Infinities are let
 * be: the masks of exported graphs have them.
 */
export function firstNaN(bytes: Uint8Array, element: number): number | undefined {
  const width = element === 1 ? 4 : 2;
  const values =
    width === 4
      ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
      : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  const [magnitude, infinity] =
    width === 4 ? [0x7fff_ffff, 0x7f80_0000] : element === 10 ? [0x7fff, 0x7c00] : [0x7fff, 0x7f80];
  for (let index = 0; index < values.length; index += 1) {
    if (((values[index] as number) & magnitude) > infinity) return index;
  }
  return undefined;
}
