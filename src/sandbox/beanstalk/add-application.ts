import type { Region } from "../region.ts";
import type { Application } from "./application.ts";
import { beanstalkArn } from "./arn.ts";
import { recordEvent } from "./record-event.ts";
import { NO_LIFECYCLE } from "./resource-lifecycle.ts";

/** Adds an application that is known not to exist yet. */
export function addApplication(
  region: Region,
  wanted: {
    readonly name: string;
    readonly description?: string | undefined;
    readonly tags?: Map<string, string>;
  },
  requestId: string,
): Application {
  const now = new Date();
  const application: Application = {
    name: wanted.name,
    arn: beanstalkArn(region, `application/${wanted.name}`),
    description: wanted.description,
    created: now,
    updated: now,
    lifecycle: NO_LIFECYCLE,
    versions: new Map(),
    templates: new Map(),
    tags: wanted.tags ?? new Map(),
  };
  region.beanstalk.applications.set(application.name, application);
  recordEvent(
    region,
    { applicationName: application.name, requestId },
    `Created new Application: ${application.name}`,
  );
  return application;
}
