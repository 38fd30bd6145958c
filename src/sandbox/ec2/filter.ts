import type { Filter } from "@aws-sdk/client-ec2";
import { ServiceError } from "../wire/operation.ts";

/** What a filter's name stands for: the values that an item has under it. */
export type FilterTable<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

/** The items that every filter admits; within one, values are alternatives. `*` and `?` are wildcards. */
export function applyFilters<T extends { readonly tags: ReadonlyMap<string, string> }>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
): T[] {
  let kept = [...items];
  for (const { Name: name = "", Values: values = [] } of filters ?? []) {
    const read = readerOf(name, table);
    const patterns = values.map(wildcard);
    kept = kept.filter((item) =>
      read(item).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value))),
    );
  }
  return kept;
}

function readerOf<T extends { readonly tags: ReadonlyMap<string, string> }>(
  name: string,
  table: FilterTable<T>,
): (item: T) => readonly (string | undefined)[] {
  if (name.startsWith("tag:")) return (item) => [item.tags.get(name.slice("tag:".length))];
  if (name === "tag-key") return (item) => [...item.tags.keys()];
  const read = table[name];
  if (!read) throw new ServiceError("InvalidParameterValue", `The filter '${name}' is invalid`);
  return read;
}

function wildcard(value: string): RegExp {
  const escaped = value.replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
