import { Message } from "./protobuf.ts";

/** The element types of ONNX tensors that bertops writes, by their numbers in onnx.proto. */
export const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type Element = keyof typeof ELEMENT;

/** An attribute of a node; integers are numbers wrapped in `int`, so that `1` and `1.0` stay apart. */
export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: readonly number[] };

export interface OnnxNode {
  readonly operator: string;
  /** Empty for ONNX's own operators, `com.microsoft` for ONNX Runtime's. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of the graph; a string is a dimension known at run time only. */
export interface OnnxValue {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly (number | string)[];
}

/** A constant of the graph: small ones lie inside the graph, weights in the data file beside it. */
export interface OnnxConstant {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly data:
    | { readonly kind: "inside"; readonly bytes: Uint8Array }
    | { readonly kind: "beside"; readonly file: string; readonly offset: number; readonly length: number };
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** The bytes of an ONNX file (IR 8, opset 17, com.microsoft 1) that holds the graph. Equal graphs give equal bytes. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const body = new Message();
  for (const entry of graph.nodes) body.message(1, node(entry));
  body.text(2, graph.name);
  for (const entry of graph.constants) body.message(5, tensor(entry));
  for (const entry of graph.inputs) body.message(11, value(entry));
  for (const entry of graph.outputs) body.message(12, value(entry));
  return new Message()
    .varint(1, 8)
    .text(2, "bertops")
    .message(7, body)
    .message(8, new Message().text(1, "").varint(2, 17))
    .message(8, new Message().text(1, "com.microsoft").varint(2, 1))
    .encode();
}

function node(entry: OnnxNode): Message {
  const message = new Message();
  for (const name of entry.inputs) message.text(1, name);
  for (const name of entry.outputs) message.text(2, name);
  message.text(3, entry.outputs[0] ?? "").text(4, entry.operator);
  for (const [name, attribute] of Object.entries(entry.attributes)) {
    const encoded = new Message().text(1, name);
    if ("float" in attribute) encoded.float(2, attribute.float).varint(20, 1);
    else if ("int" in attribute) encoded.varint(3, attribute.int).varint(20, 2);
    else {
      for (const item of attribute.ints) encoded.varint(8, item);
      encoded.varint(20, 7);
    }
    message.message(5, encoded);
  }
  return message.text(7, entry.domain);
}

function tensor(entry: OnnxConstant): Message {
  const message = new Message();
  for (const size of entry.shape) message.varint(1, size);
  message.varint(2, ELEMENT[entry.element]).text(8, entry.name);
  if (entry.data.kind === "inside") return message.raw(9, entry.data.bytes);
  const place = { location: entry.data.file, offset: entry.data.offset, length: entry.data.length };
  for (const [key, text] of Object.entries(place)) {
    message.message(13, new Message().text(1, key).text(2, String(text)));
  }
  return message.varint(14, 1);
}

function value(entry: OnnxValue): Message {
  const shape = new Message();
  for (const size of entry.shape) {
    shape.message(1, typeof size === "number" ? new Message().varint(1, size) : new Message().text(2, size));
  }
  const type = new Message().varint(1, ELEMENT[entry.element]).message(2, shape);
  return new Message().text(1, entry.name).message(2, new Message().message(1, type));
}
