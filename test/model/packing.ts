/** Packed rows as docs/model-format.md defines them, from the token ids of several texts. */
export function pack(texts: readonly (readonly number[])[]) {
  const longest = Math.max(...texts.map((ids) => ids.length));
  const ids: number[] = [];
  const positions: number[] = [];
  const rows: number[] = [];
  const grid = new Int32Array(texts.length * longest);
  for (const [text, tokens] of texts.entries()) {
    for (const [position, id] of tokens.entries()) {
      grid[text * longest + position] = ids.length;
      rows.push(text * longest + position);
      positions.push(position);
      ids.push(id);
    }
  }
  return {
    ids: { data: Int32Array.from(ids), dims: [1, ids.length] },
    positions: { data: Int32Array.from(positions), dims: [1, ids.length] },
    lengths: { data: Int32Array.from(texts, (tokens) => tokens.length), dims: [texts.length] },
    grid: { data: grid, dims: [texts.length, longest] },
    rows: { data: Int32Array.from(rows), dims: [1, ids.length] },
  };
}
