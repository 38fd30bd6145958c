/** One word of a POSIX shell: single quotes around it, and nothing inside them means anything. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same as a person would type it: quoted only where it has to be. */
export function shellWord(word: string): string {
  return /^[\w./~+@%,=:-]+$/u.test(word) ? word : quote(word);
}
