import { readSmallFile } from "./model-file.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { Corrupt, named, naming } from "./corrupt.ts";
import { mismatch, unsupported } from "./unsupported.ts";
import { ACTIVATIONS, type Activation } from "./bert/architecture.ts";

const LARGEST_CONFIG = 1024 * 1024;

/** A JSON file of up to `limit` bytes that holds an object; anything else is corrupt. */
export async function readJsonObject(
  path: string,
  limit = LARGEST_CONFIG,
  mostValues?: number,
): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJson(path, limit, mostValues);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw named(path, new Corrupt("holds no JSON object"));
}

/** A JSON file that holds a list; anything else is corrupt. */
export async function readJsonArray(path: string): Promise<readonly unknown[]> {
  const value = await readJson(path, LARGEST_CONFIG);
  if (Array.isArray(value)) return value as readonly unknown[];
  throw named(path, new Corrupt("holds no JSON list"));
}

async function readJson(path: string, limit: number, mostValues?: number): Promise<unknown> {
  const bytes = await readSmallFile(path, limit);
  return naming(path, () => parseBoundedJson(bytes, mostValues));
}

/** Reads members of a model's configuration, with bounds; errors name the file and the member. */
export class ConfigFile {
  readonly path: string;
  readonly members: Readonly<Record<string, unknown>>;

  private constructor(path: string, members: Readonly<Record<string, unknown>>) {
    this.path = path;
    this.members = members;
  }

  static async read(path: string): Promise<ConfigFile> {
    return new ConfigFile(path, await readJsonObject(path));
  }

  /** A whole number between 1 and `most`; `otherwise` is what the library takes where the file does not say. */
  count(member: string, most: number, otherwise?: number): number {
    const value = this.members[member] ?? otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
    throw mismatch(
      `${this.path}: ${member} ${found}; a whole number from 1 to ${most} is expected.`,
      "Use the file that was published with these weights.",
    );
  }

  /** A positive number of floats, with a default. */
  positive(member: string, otherwise: number): number {
    const value = this.members[member] ?? otherwise;
    if (typeof value === "number" && value > 0 && value < 1) return value;
    throw mismatch(
      `${this.path}: ${member} is ${JSON.stringify(value)}; a number between 0 and 1 is expected.`,
      "Use the file that was published with these weights.",
    );
  }

  /** The non-linearity under `member`, by the names that `names` knows. */
  activation(member: string, names: Readonly<Record<string, Activation>>): Activation {
    const value = this.members[member] ?? "gelu";
    const activation = typeof value === "string" ? names[value] : undefined;
    if (activation !== undefined) return activation;
    throw unsupported(
      `${this.path}: ${member} is ${JSON.stringify(value)}, which bertops does not know.`,
      `It knows ${Object.keys(names).join(", ")}; --activation ${ACTIVATIONS.join("|")} overrides it.`,
    );
  }
}

/** No BERT comes near these; a number above them is an error in the file, met before anything is allocated for it. */
export const MOST = {
  layers: 256,
  hidden: 16_384,
  intermediate: 131_072,
  positions: 65_536,
  vocabulary: 4_000_000,
  types: 64,
  /** Numbers of an embedding: several poolings side by side, or what a dense layer behind them gives. */
  head: 65_536,
};
