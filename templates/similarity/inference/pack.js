/**
 * The inputs of a run over packed rows (docs/model-format.md): B texts of T tokens in all, the longest of S.
 * @typedef {object} Packed
 * @property {number} texts B
 * @property {number} tokens T
 * @property {number} longest S
 * @property {Int32Array} ids [1, T]
 * @property {Int32Array} positions [1, T] each token's place in its own text
 * @property {Int32Array} lengths [B]
 * @property {Int32Array} grid [B, S] the token of each cell that attention sees
 * @property {Int32Array} rows [1, T] the cell of each token
 */

/**
 * Lays the tokens of several texts one behind the other, without padding.
 * @param {readonly Int32Array[]} texts
 * @returns {Packed}
 */
export function pack(texts) {
  const tokens = texts.reduce((sum, text) => sum + text.length, 0);
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const rows = new Int32Array(tokens);
  const lengths = new Int32Array(texts.length);
  const grid = new Int32Array(texts.length * longest);
  let token = 0;
  for (const [text, pieces] of texts.entries()) {
    lengths[text] = pieces.length;
    ids.set(pieces, token);
    for (let position = 0; position < pieces.length; position++) {
      const cell = text * longest + position;
      positions[token] = position;
      rows[token] = cell;
      grid[cell] = token;
      token++;
    }
  }
  return { texts: texts.length, tokens, longest, ids, positions, lengths, grid, rows };
}
