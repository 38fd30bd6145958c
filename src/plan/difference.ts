import type { Setting } from "../aws/environments.ts";
import { PROPERTIES_NAMESPACE, PROPERTIES_PROPERTY } from "./names.ts";

/** A setting that is not as it should be. */
export interface Difference {
  readonly namespace: string;
  readonly option: string;
  /** What AWS has; undefined where it has nothing. */
  readonly found: string | undefined;
  readonly value: string;
}

const LISTS = new Set(["SecurityGroups", "Subnets", "ELBSubnets", "InstanceTypes", "SupportedArchitectures"]);

/** What differs between the settings that bertops sets and those that an environment has. */
export function differences(wanted: readonly Setting[], found: readonly Setting[]): readonly Difference[] {
  return wanted.flatMap(({ namespace, option, value }) => {
    const current = found.find(
      (setting) => setting.namespace === namespace && setting.option === option,
    )?.value;
    // Outside the properties every option has a default, so one that is not listed cannot be compared.
    if (current === undefined && namespace !== PROPERTIES_NAMESPACE) return [];
    return same(option, value, current) ? [] : [{ namespace, option, found: current, value }];
  });
}

/** Environment properties that an earlier bertops.yaml set and this one does not. */
export function droppedProperties(
  wanted: readonly Setting[],
  found: readonly Setting[],
): readonly { namespace: string; option: string }[] {
  const inNamespace = (settings: readonly Setting[]): readonly Setting[] =>
    settings.filter(({ namespace }) => namespace === PROPERTIES_NAMESPACE);
  const names = new Set(inNamespace(wanted).map(({ option }) => option));
  const before = inNamespace(found);
  const listed = before.find(({ option }) => option === PROPERTIES_PROPERTY)?.value.split(",") ?? [];
  if (listed.length > 0) listed.push(PROPERTIES_PROPERTY);
  return listed
    .filter((option) => !names.has(option) && before.some((setting) => setting.option === option))
    .map((option) => ({ namespace: PROPERTIES_NAMESPACE, option }));
}

function same(option: string, value: string, found: string | undefined): boolean {
  if (found === undefined) return false;
  if (!LISTS.has(option)) return value === found;
  const sorted = (list: string): string =>
    list
      .split(",")
      .map((item) => item.trim())
      .toSorted()
      .join(",");
  return sorted(value) === sorted(found);
}
