import { BALANCER_OPTIONS } from "./balancer-options.ts";
import { ENVIRONMENT_OPTIONS } from "./environment-options.ts";
import { INSTANCE_OPTIONS } from "./instance-options.ts";
import type { OptionRule } from "./option-rule.ts";

/** Every option that the platform knows. A `*` in a namespace stands for a name or a port; `*` as a name for any name. */
export const OPTION_TABLE: readonly OptionRule[] = [
  ...ENVIRONMENT_OPTIONS,
  ...INSTANCE_OPTIONS,
  ...BALANCER_OPTIONS,
];

const byName = new Map(OPTION_TABLE.map((rule) => [`${rule.namespace}\n${rule.name}`, rule]));

/** `aws:elbv2:listener:443` belongs to the family `aws:elbv2:listener:*`. */
function familyOf(namespace: string): string {
  return `${namespace.slice(0, namespace.lastIndexOf(":"))}:*`;
}

/** The rule of an option, or undefined where Beanstalk knows no such option. */
export function findRule(namespace: string, name: string): OptionRule | undefined {
  return (
    byName.get(`${namespace}\n${name}`) ??
    byName.get(`${namespace}\n*`) ??
    byName.get(`${familyOf(namespace)}\n${name}`)
  );
}
