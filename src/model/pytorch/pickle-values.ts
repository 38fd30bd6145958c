/** A name of Python's that a pickle refers to, of those that tensors need; nothing of it is ever run. */
export interface Global {
  readonly kind: "global";
  readonly name: string;
}

/** The bytes of tensors: a type, a key, a number of values. */
export interface Storage {
  readonly kind: "storage";
  readonly type: string;
  readonly key: string;
  readonly elements: number;
}

/** A tensor as a view of a storage; offsets and strides count values. */
export interface TensorView {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface Tuple {
  readonly kind: "tuple";
  readonly items: readonly Value[];
}

export interface List {
  readonly kind: "list";
  readonly items: Value[];
}

/** A dict; only text and numbers are keys. */
export interface Dict {
  readonly kind: "dict";
  readonly items: Map<string | number, Value>;
}

/** What a pickle of tensors is made of. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Global
  | Storage
  | TensorView
  | Tuple
  | List
  | Dict;

/** Whether a value is of one of the kinds that are objects. */
export function isKind<K extends "global" | "storage" | "tensor" | "tuple" | "list" | "dict">(
  value: Value | undefined,
  kind: K,
): value is Extract<Value, { kind: K }> {
  return typeof value === "object" && value !== null && value.kind === kind;
}
