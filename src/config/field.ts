import { nearest } from "./nearest.ts";
import { parseSize } from "./size.ts";

/** One setting: where it stands, what it means, what it may be. The reference and the checks both come from it. */
export interface Field<Value> {
  /** Where it stands in bertops.yaml: `service.instanceType`. */
  readonly path: string;
  /** What it means, one or two sentences for the reference. */
  readonly doc: string;
  /** What is allowed, as a phrase that completes "must be …". */
  readonly allowed: string;
  readonly fallback: Value;
  /** A value for the commented file. */
  readonly example: string;
  /** The flag that overrides it, by its camel-case name. */
  readonly flag?: string;
  /** Environment variables that override the file; the first that is set counts. */
  readonly variables?: readonly string[];
  /** The value that was found, checked. Throws a `Misfit`. */
  read(found: unknown): Value;
}

/** What a field does not accept; `hint` says more than what is allowed. */
export class Misfit extends Error {
  readonly hint: string | undefined;
  constructor(hint?: string) {
    super("misfit");
    this.hint = hint;
  }
}

interface Traits<Value> {
  readonly doc: string;
  readonly example: string;
  readonly fallback: Value;
  readonly flag?: string;
  readonly variables?: readonly string[];
}

/** A text; numbers in the file are taken as they are written. */
export function text<Value extends string | undefined>(
  path: string,
  traits: Traits<Value> & { allowed: string; pattern?: RegExp },
): Field<string | Value> {
  return {
    path,
    ...traits,
    read(found) {
      const value = typeof found === "number" ? String(found) : found;
      if (typeof value !== "string" || value === "") throw new Misfit();
      if (traits.pattern !== undefined && !traits.pattern.test(value)) throw new Misfit();
      return value;
    },
  };
}

/** One of a few words. */
export function choice<Word extends string>(
  path: string,
  traits: Traits<Word> & { words: readonly Word[] },
): Field<Word> {
  return {
    path,
    ...traits,
    allowed: oneOf(traits.words),
    read(found) {
      const value = traits.words.find((word) => word === found);
      if (value !== undefined) return value;
      const near = typeof found === "string" ? nearest(found, traits.words) : undefined;
      throw new Misfit(near === undefined ? undefined : `Did you mean ${near}?`);
    },
  };
}

/** A whole number in a range. */
export function integer(path: string, traits: Traits<number> & { min: number; max: number }): Field<number> {
  return {
    path,
    ...traits,
    allowed: `a whole number from ${traits.min} to ${traits.max}`,
    read(found) {
      const value = typeof found === "string" && /^\d+$/u.test(found) ? Number(found) : found;
      if (typeof value !== "number" || !Number.isInteger(value)) throw new Misfit();
      if (value < traits.min || value > traits.max) throw new Misfit();
      return value;
    },
  };
}

/** A number of bytes, as people write it: `500GB`. */
export function size<Value extends number | undefined>(
  path: string,
  traits: Traits<Value>,
): Field<number | Value> {
  return {
    path,
    ...traits,
    allowed: "a size such as 500GB or 2TiB",
    read(found) {
      const bytes = parseSize(typeof found === "number" || typeof found === "string" ? String(found) : "");
      if (bytes === undefined) throw new Misfit();
      return bytes;
    },
  };
}

/** true or false. */
export function flag(path: string, traits: Traits<boolean>): Field<boolean> {
  return {
    path,
    ...traits,
    allowed: "true or false",
    read(found) {
      if (found === true || found === "true") return true;
      if (found === false || found === "false") return false;
      throw new Misfit();
    },
  };
}

/** A list of texts of one shape. */
export function list<Value extends readonly string[] | undefined>(
  path: string,
  traits: Traits<Value> & { allowed: string; pattern: RegExp },
): Field<readonly string[] | Value> {
  return {
    path,
    ...traits,
    read(found) {
      if (!Array.isArray(found) || found.length === 0) throw new Misfit();
      return found.map((item: unknown) => {
        if (typeof item !== "string" || !traits.pattern.test(item))
          throw new Misfit(`${JSON.stringify(item)} is none.`);
        return item;
      });
    },
  };
}

/** Names and their values; numbers and booleans are taken as text, as a shell would. */
export function table(
  path: string,
  traits: Traits<Readonly<Record<string, string>>> & { allowed: string; name: RegExp; value: RegExp },
): Field<Readonly<Record<string, string>>> {
  return {
    path,
    ...traits,
    read(found) {
      if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Misfit();
      return Object.fromEntries(
        Object.entries(found).map(([name, value]: [string, unknown]) => {
          if (!traits.name.test(name)) throw new Misfit(`The name ${name} is not allowed.`);
          const written = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
          if (typeof written !== "string" || !traits.value.test(written))
            throw new Misfit(`The value of ${name} is not allowed: ${JSON.stringify(value)}.`);
          return [name, written];
        }),
      );
    },
  };
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
