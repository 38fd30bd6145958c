/** What the service says when it refuses: `{"error":{"reason","message","hint"}}`. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Reads a refusal out of an answer's body; undefined where the body is something else, as a proxy's error page. */
export function refusalOf(body: unknown): Refusal | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null) return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" ? value : undefined;
  };
  const [reason, message] = [text("reason"), text("message")];
  return reason === undefined || message === undefined ? undefined : { reason, message, hint: text("hint") };
}
