import {
  DescribeConfigurationOptions$,
  type ConfigurationOptionDescription,
  type ConfigurationOptionsDescription,
  type DescribeConfigurationOptionsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Operation } from "../wire/operation.ts";
import { choosePlatform } from "./choose-platform.ts";
import { missingParameter } from "./errors.ts";
import { findApplication, findEnvironment, findTemplate } from "./find.ts";
import type { OptionRule } from "./options/option-rule.ts";
import { findRule, OPTION_TABLE } from "./options/option-table.ts";
import { platformArn, solutionStackName, type PlatformVersion } from "./platforms.ts";

function describe(rule: OptionRule): ConfigurationOptionDescription {
  const family = rule.namespace.startsWith("aws:elb:listener:") ? "80" : "default";
  return {
    Namespace: rule.namespace.replace("*", family),
    Name: rule.name,
    DefaultValue: rule.default,
    ChangeSeverity: rule.severity,
    UserDefined: rule.anyName === true,
    ValueType: rule.list === true ? "List" : "Scalar",
    ValueOptions: rule.values === undefined ? undefined : [...rule.values],
    MinValue: rule.min,
    MaxValue: rule.max,
    MaxLength: rule.maxLength,
    Regex: rule.pattern === undefined ? undefined : { Pattern: rule.pattern.source, Label: rule.name },
  };
}

function platformOf(region: Region, input: DescribeConfigurationOptionsMessage): PlatformVersion {
  const named = choosePlatform(input, region.name);
  if (named !== undefined) {
    return named;
  }
  if (input.EnvironmentName !== undefined) {
    return findEnvironment(region.beanstalk, input).platform;
  }
  if (input.TemplateName !== undefined) {
    return findTemplate(findApplication(region.beanstalk, input.ApplicationName), input.TemplateName)
      .platform;
  }
  throw missingParameter(
    "You must specify a platform, a solution stack, an environment, or a configuration template.",
  );
}

/** DescribeConfigurationOptions: the option table. */
export const describeConfigurationOptions: Operation<
  DescribeConfigurationOptionsMessage,
  ConfigurationOptionsDescription
> = {
  schema: DescribeConfigurationOptions$,
  run(region, input) {
    const platform = platformOf(region, input);
    const wanted = input.Options ?? [];
    const chosen =
      wanted.length === 0
        ? OPTION_TABLE.filter((rule) => rule.anyName !== true)
        : wanted.flatMap(({ Namespace = "", OptionName }) =>
            OptionName === undefined
              ? OPTION_TABLE.filter((rule) => rule.namespace === Namespace)
              : (findRule(Namespace, OptionName) ?? []),
          );
    return {
      SolutionStackName: solutionStackName(platform),
      PlatformArn: platformArn(platform, region.name),
      Options: chosen.map(describe),
    };
  },
};
