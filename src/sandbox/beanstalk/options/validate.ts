import type { OptionRule } from "./option-rule.ts";
import { findRule } from "./option-table.ts";
import { conflicts } from "./conflicts.ts";
import { effectiveSettings } from "./effective.ts";
import { invalidValue, type Finding } from "./finding.ts";
import { NO_SETTINGS, withSettings, type OptionSetting, type Settings } from "./settings.ts";

function admitsValue(rule: OptionRule, value: string): boolean {
  return (rule.values ?? []).some((allowed) =>
    rule.exactCase === true ? allowed === value : allowed.toLowerCase() === value.toLowerCase(),
  );
}

function complaint(rule: OptionRule, value: string): string | undefined {
  if (rule.values !== undefined && !admitsValue(rule, value)) {
    return `Value is not one of the allowed values: [${rule.values.join(", ")}]`;
  }
  if (rule.pattern !== undefined && !rule.pattern.test(value)) {
    return `Value does not satisfy regex: '${rule.pattern.source}'`;
  }
  if (rule.maxLength !== undefined && value.length > rule.maxLength) {
    return `Value is longer than the maximum allowed length: ${rule.maxLength}`;
  }
  if (rule.min === undefined && rule.max === undefined) {
    return undefined;
  }
  if (!/^-?\d+$/u.test(value)) {
    return "Value is not a valid integer";
  }
  const number = Number(value);
  if (rule.min !== undefined && number < rule.min) {
    return `Value is less than minimum allowed value: ${rule.min}`;
  }
  return rule.max !== undefined && number > rule.max
    ? `Value is greater than maximum allowed value: ${rule.max}`
    : undefined;
}

function checkOne(setting: OptionSetting): Finding | undefined {
  const namespace = setting.Namespace ?? "";
  const name = setting.OptionName ?? "";
  const rule = findRule(namespace, name);
  if (rule === undefined) {
    const where = `(Namespace: '${namespace}', OptionName: '${name}')`;
    return {
      namespace,
      name,
      message: `Invalid option specification ${where}: Unknown configuration setting.`,
    };
  }
  // An empty value unsets an option that has no default: Beanstalk takes it everywhere.
  if (setting.Value === undefined || setting.Value === "") {
    return undefined;
  }
  const reason = complaint(rule, setting.Value);
  return reason === undefined ? undefined : invalidValue(namespace, name, setting.Value, reason);
}

/**
 * What is wrong with option settings: each by itself first, then all of them together laid over `base` and the
 * platform's defaults, as Beanstalk judges them.
 */
export function validateSettings(given: readonly OptionSetting[], base: Settings = NO_SETTINGS): Finding[] {
  const findings = given.map(checkOne).filter((finding) => finding !== undefined);
  return findings.length > 0 ? findings : conflicts(effectiveSettings(withSettings(base, given)));
}
