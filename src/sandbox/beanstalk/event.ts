/** How grave an event is, least first. */
export const SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
/** How grave an event is. */
export type Severity = (typeof SEVERITIES)[number];

/** One line of an environment's story, in Beanstalk's words. */
export interface BeanstalkEvent {
  /** Grows with every event, so that events of one millisecond keep their order. */
  readonly sequence: number;
  readonly date: Date;
  readonly message: string;
  readonly severity: Severity;
  readonly applicationName: string;
  readonly versionLabel?: string | undefined;
  readonly templateName?: string | undefined;
  readonly environmentName?: string | undefined;
  readonly environmentId?: string | undefined;
  readonly platformArn?: string | undefined;
  /** The request that the event answers; events that nobody asked for have none. */
  readonly requestId?: string | undefined;
}
