/** What the spinner and its space take. */
const BESIDE = 4;
const SHORTEST_LABEL = 6;

/** Label and numbers in one line of so many columns: where it is narrow, the label gives way first. */
export function fitted(label: string, numbers: string, columns: number): string {
  const room = Math.max(SHORTEST_LABEL, columns - BESIDE - numbers.length - 2);
  const short = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  return fit(`${short}: ${numbers}`, columns - BESIDE);
}

/** A text cut to so many columns. */
export function fit(text: string, columns: number): string {
  const room = Math.max(20, columns);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
