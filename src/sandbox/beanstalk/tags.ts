import type { Tag } from "@aws-sdk/client-elastic-beanstalk";
import { invalidParameterValue } from "./errors.ts";

/** Tags of a request as a map. Throws where a name is reserved for AWS, or there twice. */
export function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  const map = new Map<string, string>();
  for (const { Key = "", Value = "" } of tags ?? []) {
    if (map.has(Key)) {
      throw invalidParameterValue(`Duplicate tag key '${Key}'.`);
    }
    map.set(Key, Value);
  }
  for (const key of map.keys()) {
    if (/^(?:aws:|elasticbeanstalk:)/iu.test(key)) {
      throw invalidParameterValue(
        `Tag key '${key}' is invalid: the prefixes aws: and elasticbeanstalk: are reserved.`,
      );
    }
  }
  return map;
}
