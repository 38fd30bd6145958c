/** A line of /etc/fstab. */
export interface FstabLine {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Reads /etc/fstab; a line with too few fields counts as a comment, as it does for mount(8). */
export function parseFstab(text: string): FstabLine[] {
  const lines: FstabLine[] = [];
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/\s+/u);
    const [source, target, type, options = "defaults"] = fields;
    if (source === undefined || source.startsWith("#") || target === undefined || type === undefined)
      continue;
    lines.push({ source: unescape(source), target: unescape(target), type, options: options.split(",") });
  }
  return lines;
}

/** fstab writes a space as `\040`. */
function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}
