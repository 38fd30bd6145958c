import type { Region } from "../../region.ts";
import type { Environment, EnvironmentStatus } from "../environment.ts";
import { refreshHealth } from "../health/watch-health.ts";
import { tell } from "../record-event.ts";
import { reconcile } from "./reconcile.ts";

/** An operation that is about to run on an environment. */
export interface OperationStart {
  readonly requestId: string | undefined;
  readonly status: EnvironmentStatus;
  readonly abortable?: boolean;
  /** The operation's first event. */
  readonly message: string;
}

/**
 * Runs an operation on an environment in the background: the environment has the status meanwhile and is `Ready`
 * afterwards, whatever came of it, unless the operation terminated it. The signal fires on abort and on closing.
 */
export function beginOperation(
  region: Region,
  environment: Environment,
  start: OperationStart,
  task: (signal: AbortSignal) => Promise<void>,
): void {
  const { work } = region.beanstalk;
  const operation = { requestId: start.requestId, stop: new AbortController() };
  environment.operation = operation;
  environment.status = start.status;
  environment.abortable = start.abortable ?? false;
  environment.updated = new Date();
  tell(region, environment, start.message);
  const end = (): void => {
    if (environment.operation !== operation) {
      return;
    }
    if (environment.status !== "Terminated") {
      environment.status = "Ready";
    }
    environment.abortable = false;
    environment.updated = new Date();
    refreshHealth(region, environment);
    environment.operation = undefined;
    reconcile(region, environment);
  };
  work.run(
    async () => {
      await task(AbortSignal.any([work.signal, operation.stop.signal]));
      end();
    },
    (cause) => {
      if (environment.operation !== operation) {
        return;
      }
      tell(
        region,
        environment,
        `Internal failure: ${cause instanceof Error ? (cause.stack ?? "") : String(cause)}`,
        "ERROR",
      );
      end();
    },
  );
}
