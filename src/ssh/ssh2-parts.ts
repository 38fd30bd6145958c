/** A part that ssh2 keeps to itself; undefined where it has none of that name. Callers look whether it is as they need it. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
