/**
 * The cosine of the angle between two vectors, in -1 to 1; 0 where one of them has no direction. Rounded to what float32 can say.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export function cosine(a, b) {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let index = 0; index < a.length; index++) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB);
  const value = lengths === 0 ? 0 : product / lengths;
  return Math.round(Math.max(-1, Math.min(1, value)) * 1e7) / 1e7;
}

/**
 * A vector of the same direction and length 1; a vector without direction stays as it is.
 * @param {Float32Array} vector
 */
export function unit(vector) {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
