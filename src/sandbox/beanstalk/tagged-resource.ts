import type { Region } from "../region.ts";
import { ServiceError } from "../wire/operation.ts";
import { liveEnvironments } from "./find.ts";

/** What tags can be put on. */
export interface TaggedResource {
  readonly arn: string;
  readonly tags: Map<string, string>;
}

/** The application, version or environment of an ARN. Throws ResourceNotFoundException. */
export function findTagged(region: Region, arn: string | undefined): TaggedResource {
  const applications = [...region.beanstalk.applications.values()];
  const all: TaggedResource[] = [
    ...applications,
    ...applications.flatMap((application) => [...application.versions.values()]),
    ...liveEnvironments(region.beanstalk),
  ];
  const found = all.find((resource) => resource.arn === arn);
  if (found === undefined) {
    throw new ServiceError("ResourceNotFoundException", `Resource not found for ResourceArn '${arn}'.`);
  }
  return found;
}
