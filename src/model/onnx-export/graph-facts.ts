import { type Field, fields } from "../checkpoint/protobuf-fields.ts";
import { Corrupt } from "../corrupt.ts";
import { ModelFile } from "../model-file.ts";
import { FileFields } from "./file-fields.ts";
import { DESCRIPTIVE, TensorEntryBuilder, text, type TensorEntry } from "./tensor-entry.ts";

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  /** By its number in onnx.proto: 1 float32, 6 int32, 7 int64, 10 float16. */
  readonly element: number;
  /** Undefined where the graph does not say; a dimension that is known at run time only is null. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** What an ONNX file says of itself, apart from its weights. */
export interface GraphFacts {
  readonly irVersion: number;
  /** Versions by domain; ONNX's own is the empty one. */
  readonly opsets: ReadonlyMap<string, number>;
  /** `domain:Operator` of every node, those of functions and inner graphs as well. */
  readonly operators: ReadonlySet<string>;
  /** `domain:Name` of the functions that the file defines itself. */
  readonly functions: ReadonlySet<string>;
  readonly tensors: readonly TensorEntry[];
  /** What is not a weight. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Names of the tables whose rows `input_ids` picks. */
  readonly tables: readonly string[];
}

/** A node of an encoder has some hundred bytes; constants of some kilobytes may lie in one. */
const LARGEST_PART = 16 * 1024 * 1024;
const MOST_DEPTH = 16;

/** Reads what an ONNX file says of itself, its weights passed over. Throws UserError for what is no ONNX file. */
export async function readGraphFacts(path: string): Promise<GraphFacts> {
  const file = await ModelFile.open(path);
  try {
    return await new Scan(file).model();
  } catch (error) {
    throw error instanceof Corrupt ? file.corrupt(error.message) : error;
  } finally {
    await file.close();
  }
}

class Scan {
  readonly #file: ModelFile;
  readonly #walk: FileFields;
  readonly #operators = new Set<string>();
  readonly #functions = new Set<string>();
  readonly #tensors: TensorEntry[] = [];
  readonly #inputs: GraphValue[] = [];
  readonly #outputs: GraphValue[] = [];
  readonly #tables: string[] = [];

  constructor(file: ModelFile) {
    this.#file = file;
    this.#walk = new FileFields(file);
  }

  async model(): Promise<GraphFacts> {
    let irVersion = 0;
    const opsets = new Map<string, number>();
    let graphs = 0;
    for await (const field of this.#walk.fields(0, this.#file.size)) {
      if (field.type === "number") {
        if (field.number === 1) irVersion = field.value;
      } else if (field.number === 7) {
        graphs += 1;
        await this.#graph(field.start, field.length);
      } else if (field.number === 8) {
        const parts = [...fields(await this.#part(field))];
        opsets.set(textOf(parts, 1), numberOf(parts, 2));
      } else if (field.number === 25) {
        this.#function(await this.#part(field));
      }
    }
    if (graphs !== 1 || irVersion === 0) throw new Corrupt("is no ONNX model");
    const weights = new Set(this.#tensors.map(({ name }) => name));
    return {
      irVersion,
      opsets,
      operators: this.#operators,
      functions: this.#functions,
      tensors: this.#tensors,
      inputs: this.#inputs.filter(({ name }) => !weights.has(name)),
      outputs: this.#outputs,
      tables: this.#tables,
    };
  }

  async #graph(start: number, length: number): Promise<void> {
    for await (const field of this.#walk.fields(start, length)) {
      if (field.type === "number") continue;
      if (field.number === 1) this.#node(await this.#part(field), 0);
      else if (field.number === 5) this.#tensors.push(await this.#tensor(field.start, field.length));
      else if (field.number === 11) this.#inputs.push(valueIn(await this.#part(field)));
      else if (field.number === 12) this.#outputs.push(valueIn(await this.#part(field)));
    }
  }

  async #tensor(start: number, length: number): Promise<TensorEntry> {
    const builder = new TensorEntryBuilder();
    for await (const field of this.#walk.fields(start, length)) {
      if (field.type === "number") builder.number(field.number, field.value);
      else if (DESCRIPTIVE.has(field.number)) builder.content(field.number, await this.#part(field));
      else builder.inside(field.number, field.start, field.length);
    }
    return builder.finish();
  }

  async #part({ start, length }: { start: number; length: number }): Promise<Uint8Array> {
    if (length > LARGEST_PART)
      throw new Corrupt(`holds a part of ${length} bytes, larger than any encoder has`);
    return this.#file.read(start, length);
  }

  #function(bytes: Uint8Array): void {
    const parts = [...fields(bytes)];
    this.#functions.add(`${textOf(parts, 10)}:${textOf(parts, 1)}`);
    for (const part of parts) if (part.number === 7 && part.type === "bytes") this.#node(part.value, 1);
  }

  #node(bytes: Uint8Array, depth: number): void {
    if (depth > MOST_DEPTH) throw new Corrupt("nests graphs deeper than any encoder");
    const parts = [...fields(bytes)];
    const operator = textOf(parts, 4);
    this.#operators.add(`${textOf(parts, 7)}:${operator}`);
    if (operator === "Gather") {
      const [table, rows] = parts.filter(({ number }) => number === 1).map(textIn);
      if (rows === "input_ids" && table !== undefined) this.#tables.push(table);
    }
    for (const part of parts) {
      if (part.number !== 5 || part.type !== "bytes") continue;
      for (const attribute of fields(part.value)) {
        if (attribute.type !== "bytes") continue;
        if (attribute.number === 5 || attribute.number === 10)
          this.#tensors.push(constantIn(attribute.value));
        else if (attribute.number === 6 || attribute.number === 11)
          this.#innerGraph(attribute.value, depth + 1);
      }
    }
  }

  #innerGraph(bytes: Uint8Array, depth: number): void {
    for (const part of fields(bytes)) {
      if (part.type !== "bytes") continue;
      if (part.number === 1) this.#node(part.value, depth);
      else if (part.number === 5) this.#tensors.push(constantIn(part.value));
    }
  }
}

/** A tensor that lies in memory; where in the file its own bytes are is not known, so that they are not looked at. */
function constantIn(bytes: Uint8Array): TensorEntry {
  const builder = new TensorEntryBuilder();
  for (const field of fields(bytes)) {
    if (field.type !== "bytes") builder.number(field.number, field.value);
    else if (DESCRIPTIVE.has(field.number)) builder.content(field.number, field.value);
  }
  return builder.finish();
}

function valueIn(bytes: Uint8Array): GraphValue {
  const parts = [...fields(bytes)];
  const tensor = fieldsIn(fieldsIn(parts, 2), 1);
  const shape = tensor.find(({ number, type }) => number === 2 && type === "bytes");
  const sizes = shape?.type === "bytes" ? [...fields(shape.value)] : undefined;
  return {
    name: textOf(parts, 1),
    element: numberOf(tensor, 1),
    shape: sizes?.map((size) => {
      const known = size.type === "bytes" ? numberOf([...fields(size.value)], 1) : 0;
      return known > 0 ? known : null;
    }),
  };
}

function fieldsIn(parts: readonly Field[], number: number): Field[] {
  const found = parts.find((part) => part.number === number && part.type === "bytes");
  return found?.type === "bytes" ? [...fields(found.value)] : [];
}

function textOf(parts: readonly Field[], number: number): string {
  const found = parts.find((part) => part.number === number);
  return found === undefined ? "" : textIn(found);
}

function textIn(field: Field): string {
  return field.type === "bytes" ? text(field.value) : "";
}

function numberOf(parts: readonly Field[], number: number): number {
  const found = parts.find((part) => part.number === number);
  return found === undefined || found.type === "bytes" ? 0 : found.value;
}
