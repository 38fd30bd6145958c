/** How long states take, in milliseconds. AWS needs minutes; a sandbox needs enough to see each state. */
export interface Timings {
  /** EFS file system: creating -> available. */
  readonly fileSystem: number;
  /** EFS mount target: creating -> available. */
  readonly mountTarget: number;
  /** Mount target available -> its DNS name resolves. */
  readonly mountTargetDns: number;
  /** EC2 instance: pending -> running. */
  readonly instance: number;
  /** Instance running -> its console output holds the host keys. */
  readonly console: number;
  /** Beanstalk application version: Processing -> Processed. */
  readonly applicationVersion: number;
  /** Between two health checks. */
  readonly healthCheck: number;
  /** Deleting states of every kind. */
  readonly deletion: number;
  /** Instance Connect key: how long it admits. */
  readonly instanceConnectKey: number;
}

export const DEFAULT_TIMINGS: Timings = {
  fileSystem: 800,
  mountTarget: 1000,
  mountTargetDns: 1200,
  instance: 500,
  console: 500,
  applicationVersion: 500,
  healthCheck: 500,
  deletion: 500,
  instanceConnectKey: 60_000,
};

/** As little time as possible, for tests: every state is still passed through. */
export const FAST_TIMINGS: Timings = {
  fileSystem: 60,
  mountTarget: 60,
  mountTargetDns: 60,
  instance: 30,
  console: 30,
  applicationVersion: 30,
  healthCheck: 100,
  deletion: 30,
  instanceConnectKey: 60_000,
};
