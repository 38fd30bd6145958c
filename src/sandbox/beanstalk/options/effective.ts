import { OPTION_TABLE } from "./option-table.ts";
import type { Scope } from "./option-rule.ts";
import { settingOf, withSettings, type OptionSetting, type Settings } from "./settings.ts";

/** What kind of front an environment has. */
export type Front = "single" | "classic" | "application" | "network";

/** What stands in front of an environment's instances. */
export function frontOf(settings: Settings): Front {
  const environment = "aws:elasticbeanstalk:environment";
  if (settingOf(settings, environment, "EnvironmentType")?.toLowerCase() === "singleinstance") {
    return "single";
  }
  const type = settingOf(settings, environment, "LoadBalancerType")?.toLowerCase();
  return type === "application" || type === "network" ? type : "classic";
}

function applies(scope: Scope, front: Front): boolean {
  switch (scope) {
    case "any":
      return true;
    case "balanced":
      return front !== "single";
    case "v2":
      return front === "application" || front === "network";
    case "classic":
    case "application":
      return front === scope;
  }
}

function defaultNamespace(family: string): string {
  return family.startsWith("aws:elb:listener:") ? family.replace("*", "80") : family.replace("*", "default");
}

/** The settings that an environment has when some were given: the platform's defaults, and those over them. */
export function effectiveSettings(given: Settings): Settings {
  const front = frontOf(given);
  const defaults: OptionSetting[] = OPTION_TABLE.filter(
    (rule) => rule.default !== undefined && applies(rule.scope, front),
  ).map((rule) => ({
    Namespace: defaultNamespace(rule.namespace),
    OptionName: rule.name,
    Value: rule.default,
  }));
  const single: OptionSetting[] =
    front === "single"
      ? [
          { Namespace: "aws:autoscaling:asg", OptionName: "MinSize", Value: "1" },
          { Namespace: "aws:autoscaling:asg", OptionName: "MaxSize", Value: "1" },
        ]
      : [];
  const base = withSettings(new Map(), [...defaults, ...single]);
  return [...given].reduce(
    (settings, [namespace, options]) =>
      withSettings(
        settings,
        [...options].map(([OptionName, Value]) => ({ Namespace: namespace, OptionName, Value })),
      ),
    base,
  );
}
