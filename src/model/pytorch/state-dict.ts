import { Corrupt } from "../corrupt.ts";
import { isKind, type TensorView, type Value } from "./pickle-values.ts";

/** The tensors of a saved model by name: the state dict itself, or one that lies in it under a usual name. */
export function stateDict(value: Value): Map<string, TensorView> {
  if (!isKind(value, "dict")) throw new Corrupt("holds no state dict");
  const inner = ["state_dict", "model_state_dict", "model"].map((name) => value.items.get(name));
  for (const dict of [value, ...inner]) {
    const tensors = new Map<string, TensorView>();
    for (const [name, item] of isKind(dict, "dict") ? dict.items : []) {
      if (typeof name === "string" && isKind(item, "tensor")) tensors.set(name, item);
    }
    if (tensors.size > 0) return tensors;
  }
  throw new Corrupt("holds a dict without tensors");
}

/** Whether a view's values lie one after the other, row by row. */
export function isContiguous({ shape, strides }: TensorView): boolean {
  if (shape.length !== strides.length) return false;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Whether a matrix's values lie one after the other, column by column. */
export function isTransposed({ shape, strides }: TensorView): boolean {
  const [rows = 0, columns = 0] = shape;
  return shape.length === 2 && rows > 1 && columns > 1 && strides[0] === 1 && strides[1] === rows;
}
