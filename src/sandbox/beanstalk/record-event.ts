import type { Environment } from "./environment.ts";
import type { BeanstalkEvent, Severity } from "./event.ts";
import { platformArn } from "./platforms.ts";
import type { Region } from "../region.ts";

/** What an event is about. */
export type EventSubject = Pick<
  BeanstalkEvent,
  "applicationName" | "versionLabel" | "templateName" | "requestId"
>;

function append(region: Region, event: Omit<BeanstalkEvent, "sequence" | "date">): void {
  const { events } = region.beanstalk;
  events.push({ ...event, sequence: (events.at(-1)?.sequence ?? 0) + 1, date: new Date() });
}

/** Writes an event of an application or one of its versions. */
export function recordEvent(
  region: Region,
  subject: EventSubject,
  message: string,
  severity: Severity = "INFO",
): void {
  append(region, { ...subject, message, severity });
}

/** Writes an event of an environment under the request that it answers, if it answers any. */
export function tellAnswering(
  region: Region,
  environment: Environment,
  event: {
    readonly requestId: string | undefined;
    readonly message: string;
    readonly severity?: Severity | undefined;
  },
): void {
  append(region, {
    requestId: event.requestId,
    message: event.message,
    severity: event.severity ?? "INFO",
    applicationName: environment.applicationName,
    environmentName: environment.name,
    environmentId: environment.id,
    platformArn: platformArn(environment.platform, region.name),
  });
}

/** Writes an event of an environment, under the request that its present operation answers. */
export function tell(
  region: Region,
  environment: Environment,
  message: string,
  severity: Severity = "INFO",
): void {
  tellAnswering(region, environment, { message, severity, requestId: environment.operation?.requestId });
}

/** Writes an event of an environment that no request asked for: health, Auto Scaling. */
export function tellUnasked(
  region: Region,
  environment: Environment,
  message: string,
  severity: Severity = "INFO",
): void {
  tellAnswering(region, environment, { message, severity, requestId: undefined });
}
