/** One word of a POSIX shell: single quotes around it, and nothing inside them means anything. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
