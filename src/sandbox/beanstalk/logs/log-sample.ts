/** What `RequestEnvironmentInfo` gathers: the last lines, everything as a zip, or an analysis. */
export type InfoType = "tail" | "bundle" | "analyze";

/** Logs of one instance that somebody asked for, lying in the environment's bucket. */
export interface LogSample {
  readonly environmentId: string;
  readonly instanceId: string;
  readonly type: InfoType;
  readonly date: Date;
  readonly url: string;
}
