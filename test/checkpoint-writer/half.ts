/** Numbers in half precision, rounded to the nearest, ties to even; what is too large becomes infinite. */
export function encodeHalves(values: Float32Array): Uint8Array {
  return new Uint8Array(Uint16Array.from(values, half).buffer);
}

function half(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === 0) return sign;
  // Below 2^-14 the steps are all of 2^-24; above, 1,024 steps to the next power of two.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundToEven(size / 2 ** (exponent - 10));
  const bits = exponent === -14 ? steps : (exponent + 15) * 1024 + (steps - 1024);
  return sign | Math.min(bits, 0x7c00);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
