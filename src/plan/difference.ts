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

/** Options without a default: where they are not listed, they are not set. */
const WITHOUT_DEFAULT = new Set(["EC2KeyName"]);

/** What differs between the settings that bertops sets and those that an environment has. */
export function differences(wanted: readonly Setting[], found: readonly Setting[]): readonly Difference[] {
  const compared = wanted.map((setting) => ({
    ...setting,
    found: found.find(({ namespace, option }) => namespace === setting.namespace && option === setting.option)
      ?.value,
  }));
  // Another type of environment has options that the old one lacks: then all that is missing is new.
  const otherType = compared.some(
    ({ option, value, found: current }) => option === "EnvironmentType" && current !== value,
  );
  return compared.filter(({ namespace, option, value, found: current }) => {
    if (current !== undefined) return !same(option, value, current);
    // AWS does not list every option, and a default is in force for those that it leaves out: they cannot be compared.
    return otherType || namespace === PROPERTIES_NAMESPACE || WITHOUT_DEFAULT.has(option);
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

function same(option: string, value: string, found: string): boolean {
  if (!LISTS.has(option)) return value === found;
  const sorted = (list: string): string =>
    list
      .split(",")
      .map((item) => item.trim())
      .toSorted()
      .join(",");
  return sorted(value) === sorted(found);
}
