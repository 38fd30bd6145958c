import type { Application } from "./application.ts";
import type { Environment } from "./environment.ts";
import type { BeanstalkEvent } from "./event.ts";
import type { LogSample } from "./logs/log-sample.ts";
import { closeRuntime } from "./engine/close-runtime.ts";
import { PortPool } from "./instance/port-pool.ts";
import { Work } from "./work.ts";

/** Everything that Elastic Beanstalk knows in the sandbox's region. */
export interface BeanstalkState {
  readonly applications: Map<string, Application>;
  /** By id; terminated environments stay, as AWS shows them for a while. */
  readonly environments: Map<string, Environment>;
  /** Oldest first. */
  readonly events: BeanstalkEvent[];
  readonly logSamples: LogSample[];
  readonly work: Work;
  readonly ports: PortPool;
  /** Set by the first environment: the engine listens to EC2 from then on. */
  watching: boolean;
  /** Ends deployments, health checks, applications and proxies, and waits for their end. Instances are the hosts' to end. */
  close(): Promise<void>;
}

/** A region without applications. */
export function createBeanstalkState(): BeanstalkState {
  const state: BeanstalkState = {
    applications: new Map(),
    environments: new Map(),
    events: [],
    logSamples: [],
    work: new Work(),
    ports: new PortPool(),
    watching: false,
    close: () => closeRuntime(state),
  };
  return state;
}
