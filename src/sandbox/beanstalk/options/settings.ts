/** Option settings of one environment or template: namespace, then option name, then value. Values are strings, as on the wire. */
export type Settings = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** One option setting, as requests and answers hold it. */
export interface OptionSetting {
  readonly ResourceName?: string | undefined;
  readonly Namespace?: string | undefined;
  readonly OptionName?: string | undefined;
  readonly Value?: string | undefined;
}

/** No settings at all. */
export const NO_SETTINGS: Settings = new Map();

/** The value of an option, undefined where nobody set it and it has no default. */
export function settingOf(settings: Settings, namespace: string, name: string): string | undefined {
  return settings.get(namespace)?.get(name);
}

/** Is a boolean option on? Beanstalk takes any case. */
export function isOn(settings: Settings, namespace: string, name: string): boolean {
  return settingOf(settings, namespace, name)?.toLowerCase() === "true";
}

/** A number option, or `otherwise` where it is unset or no number. */
export function numberOf(settings: Settings, namespace: string, name: string, otherwise: number): number {
  const value = Number.parseFloat(settingOf(settings, namespace, name) ?? "");
  return Number.isFinite(value) ? value : otherwise;
}

/** A comma separated list option, without blanks and empty members. */
export function listOf(settings: Settings, namespace: string, name: string): string[] {
  return (settingOf(settings, namespace, name) ?? "")
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
}

/** Settings with others laid over them; an option without a value counts as empty. */
export function withSettings(base: Settings, changes: Iterable<OptionSetting>): Settings {
  const merged = new Map([...base].map(([namespace, options]) => [namespace, new Map(options)]));
  for (const change of changes) {
    if (change.Namespace === undefined || change.OptionName === undefined) {
      continue;
    }
    const options = merged.get(change.Namespace) ?? new Map<string, string>();
    options.set(change.OptionName, change.Value ?? "");
    merged.set(change.Namespace, options);
  }
  return merged;
}

/** Settings without some options: what `OptionsToRemove` asks for. */
export function withoutOptions(base: Settings, removed: Iterable<OptionSetting>): Settings {
  const left = new Map([...base].map(([namespace, options]) => [namespace, new Map(options)]));
  for (const option of removed) {
    left.get(option.Namespace ?? "")?.delete(option.OptionName ?? "");
  }
  return left;
}

/** Settings as a list, sorted by namespace and name. */
export function toOptionSettings(settings: Settings): OptionSetting[] {
  return [...settings]
    .flatMap(([Namespace, options]) =>
      [...options].map(([OptionName, Value]) => ({ Namespace, OptionName, Value })),
    )
    .toSorted((a, b) => (`${a.Namespace}\n${a.OptionName}` < `${b.Namespace}\n${b.OptionName}` ? -1 : 1));
}

/** Which options differ between two sets of settings. */
export function changedOptions(before: Settings, after: Settings): { namespace: string; name: string }[] {
  const namespaces = new Set([...before.keys(), ...after.keys()]);
  return [...namespaces].flatMap((namespace) => {
    const names = new Set([
      ...(before.get(namespace)?.keys() ?? []),
      ...(after.get(namespace)?.keys() ?? []),
    ]);
    return [...names]
      .filter((name) => settingOf(before, namespace, name) !== settingOf(after, namespace, name))
      .map((name) => ({ namespace, name }));
  });
}
