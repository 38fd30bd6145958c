/** Text out of a model's files, made safe for one line of a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, "?");
}
