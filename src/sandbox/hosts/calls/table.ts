/** Rows as aligned columns; the last column is not padded. `right` names columns whose text ends at the right. */
export function table(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, value] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, value.length);
  }
  return rows.map((row) =>
    row
      .map((value, at) => {
        if (right.has(at)) return value.padStart(widths[at] ?? 0);
        return at === row.length - 1 ? value : value.padEnd(widths[at] ?? 0);
      })
      .join(" "),
  );
}
