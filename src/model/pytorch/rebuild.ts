import { Corrupt } from "../corrupt.ts";
import { printable } from "../printable.ts";
import { type Global, isKind, type Storage, type TensorView, type Value } from "./pickle-values.ts";

const STORAGES = ["Float", "Half", "BFloat16", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool"];

/** Every name that a pickle may refer to. Whatever else it asks for is refused before anything is done with it. */
const ALLOWED = new Set([
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  ...STORAGES.map((type) => `torch.${type}Storage`),
]);

/** The global of that name, if tensors need it. */
export function allowedGlobal(module: string, name: string): Global {
  const full = `${module}.${name}`;
  if (ALLOWED.has(full)) return { kind: "global", name: full };
  throw new Corrupt(
    `asks for ${printable(full.slice(0, 80))} to be run, which no weights need: it is refused, and may be hostile`,
  );
}

/** What calling one of the allowed names gives: a dict, or a view of a storage. */
export function call(target: Value | undefined, argument: Value | undefined): Value {
  const items = isKind(argument, "tuple") ? argument.items : [];
  const name = isKind(target, "global") ? target.name : "";
  if (name === "collections.OrderedDict" && items.length === 0) return { kind: "dict", items: new Map() };
  if (name === "torch._utils._rebuild_parameter" && isKind(items[0], "tensor")) return items[0];
  if (name.startsWith("torch._utils._rebuild_tensor")) return view(items);
  throw new Corrupt("calls something in a way that no weights need");
}

/** The storage that a persistent id stands for: ("storage", type, key, place, number of values). */
export function storage(id: Value | undefined): Storage {
  const [word, type, key, , elements, part = null] = isKind(id, "tuple") ? id.items : [];
  if (part !== null)
    throw new Corrupt("shares storages as PyTorch did before 0.4, which bertops does not read");
  const name = isKind(type, "global") ? /^torch\.(\w+)Storage$/.exec(type.name)?.[1] : undefined;
  if (word !== "storage" || name === undefined || typeof key !== "string" || !isCount(elements)) {
    throw new Corrupt("refers to its weights in a way that PyTorch does not");
  }
  return { kind: "storage", type: name, key, elements };
}

function view(items: readonly Value[]): TensorView {
  const [source, offset, shape, strides] = items;
  if (
    !isKind(source, "storage") ||
    !isCount(offset) ||
    !isKind(shape, "tuple") ||
    !isKind(strides, "tuple")
  ) {
    throw new Corrupt("holds a tensor that is not built as PyTorch builds them");
  }
  return {
    kind: "tensor",
    storage: source,
    offset,
    shape: counts(shape.items),
    strides: counts(strides.items),
  };
}

function counts(items: readonly Value[]): number[] {
  return items.map((item) => {
    if (isCount(item)) return item;
    throw new Corrupt("holds a tensor of an impossible shape");
  });
}

function isCount(value: Value | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
