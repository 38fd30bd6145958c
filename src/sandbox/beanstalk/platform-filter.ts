import { invalidParameterValue } from "./errors.ts";

/** One filter of a list request. */
export interface PlatformFilter {
  readonly name: string | undefined;
  readonly operator: string | undefined;
  readonly values: readonly string[];
}

/** How operators compare a value with a filter's values. */
const OPERATORS: Readonly<Record<string, (value: string, wanted: readonly string[]) => boolean>> = {
  "=": (value, wanted) => value === wanted[0],
  "!=": (value, wanted) => value !== wanted[0],
  "<": (value, wanted) => compareVersions(value, wanted[0] ?? "") < 0,
  "<=": (value, wanted) => compareVersions(value, wanted[0] ?? "") <= 0,
  ">": (value, wanted) => compareVersions(value, wanted[0] ?? "") > 0,
  ">=": (value, wanted) => compareVersions(value, wanted[0] ?? "") >= 0,
  contains: (value, wanted) => value.includes(wanted[0] ?? ""),
  begins_with: (value, wanted) => value.startsWith(wanted[0] ?? ""),
  ends_with: (value, wanted) => value.endsWith(wanted[0] ?? ""),
  in: (value, wanted) => wanted.includes(value),
  not_in: (value, wanted) => !wanted.includes(value),
};

/** `6.11.7` against `6.9.0`, number by number. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const [index, part] of (left ?? []).entries()) {
    const difference = part - (right?.[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

/** Does an item, seen as named values, pass all filters? Throws on names and operators that Beanstalk does not know. */
export function passesFilters(
  item: Readonly<Record<string, string>>,
  filters: readonly PlatformFilter[],
): boolean {
  return filters.every(({ name = "", operator = "=", values }) => {
    const value = item[name];
    const compare = OPERATORS[operator];
    if (value === undefined) {
      throw invalidParameterValue(`Invalid filter type: '${name}'. Known: ${Object.keys(item).join(", ")}.`);
    }
    if (compare === undefined) {
      throw invalidParameterValue(`Invalid filter operator: '${operator}'.`);
    }
    return compare(value, values);
  });
}
