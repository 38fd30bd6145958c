import { invalidParameterCombination, invalidParameterValue } from "./errors.ts";
import { findPlatformByArn, findPlatformByStack, type PlatformVersion } from "./platforms.ts";

/** How requests name a platform: by ARN or by solution stack. */
export interface PlatformSelector {
  readonly PlatformArn?: string | undefined;
  readonly SolutionStackName?: string | undefined;
}

/** The platform that a request names; undefined where it names none. Throws InvalidParameterValue or -Combination. */
export function choosePlatform(selector: PlatformSelector, region: string): PlatformVersion | undefined {
  const { PlatformArn: arn, SolutionStackName: stack } = selector;
  if (arn !== undefined && stack !== undefined) {
    throw invalidParameterCombination("You cannot specify both solution stack and platform as modifiers");
  }
  if (arn !== undefined) {
    const platform = findPlatformByArn(arn, region);
    if (platform === undefined) {
      throw invalidParameterValue(`No Platform named '${arn}' found.`);
    }
    return platform;
  }
  if (stack !== undefined) {
    const platform = findPlatformByStack(stack);
    if (platform === undefined) {
      throw invalidParameterValue(`No Solution Stack named '${stack}' found.`);
    }
    return platform;
  }
  return undefined;
}
