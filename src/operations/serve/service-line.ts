/** One line that the service wrote about itself: JSON with a level and a message. */
export interface ServiceLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Reads a line of the service's log; what is no JSON, as what Node.js itself writes, is an error's text. */
export function readServiceLine(text: string): ServiceLine {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === "object" && fields !== null) {
      const read = Object.fromEntries(Object.entries(fields));
      return { level: String(read["level"]), message: String(read["message"]), fields: read, text };
    }
  } catch {
    // Falls through: it is no JSON.
  }
  return { level: "error", message: text, fields: {}, text };
}
