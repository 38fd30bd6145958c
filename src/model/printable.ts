/** A message is one sentence; a value that fills pages is none. */
const LONGEST = 480;

/** Text out of a model's files, made safe for one line of a terminal: its middle is left out where it is long. */
export function printable(text: string): string {
  const short = text.length <= LONGEST ? text : `${text.slice(0, 320)} … ${text.slice(-120)}`;
  return short.replaceAll(/\p{C}/gu, "?");
}
