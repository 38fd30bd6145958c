import type { Tag } from "@aws-sdk/client-elastic-beanstalk";
import { invalidParameterValue } from "./errors.ts";

/** Tags of a request as a map. Throws where a name is reserved for AWS. */
export function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  const map = new Map((tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
  for (const key of map.keys()) {
    if (/^(?:aws:|elasticbeanstalk:)/iu.test(key)) {
      throw invalidParameterValue(
        `Tag key '${key}' is invalid: the prefixes aws: and elasticbeanstalk: are reserved.`,
      );
    }
  }
  return map;
}
