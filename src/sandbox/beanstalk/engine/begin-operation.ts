import type { Region } from "../../region.ts";
import type { Environment, EnvironmentOperation, EnvironmentStatus } from "../environment.ts";
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

/** Between two looks at whether Auto Scaling is done, in milliseconds. */
const POLL = 20;

/** Waits until nothing else touches the environment's instances. */
async function takeTurn(
  region: Region,
  environment: Environment,
  { previous, terminates }: { readonly previous: Promise<void> | undefined; readonly terminates: boolean },
): Promise<void> {
  await previous;
  // Instances that Auto Scaling is launching are finished first, unless nobody needs them any more.
  if (terminates) {
    environment.scaling?.abort();
  }
  while (environment.scaling !== undefined) {
    await region.beanstalk.work.sleep(POLL);
  }
}

/** What an environment is when its operation is over, unless another one took its place. */
function end(region: Region, environment: Environment, operation: EnvironmentOperation): void {
  if (environment.operation !== operation) {
    return;
  }
  environment.abortable = false;
  environment.updated = new Date();
  if (environment.status === "Terminated") {
    environment.operation = undefined;
    return;
  }
  environment.status = "Ready";
  refreshHealth(region, environment);
  environment.operation = undefined;
  reconcile(region, environment);
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
  const previous = environment.operation?.done;
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const operation: EnvironmentOperation = {
    requestId: start.requestId,
    stop: new AbortController(),
    running: false,
    done,
  };
  environment.operation = operation;
  environment.status = start.status;
  environment.abortable = start.abortable ?? false;
  environment.updated = new Date();
  tell(region, environment, start.message);
  work.run(
    async () => {
      try {
        await takeTurn(region, environment, { previous, terminates: start.status === "Terminating" });
        operation.running = true;
        await task(AbortSignal.any([work.signal, operation.stop.signal]));
        end(region, environment, operation);
      } finally {
        finish();
      }
    },
    (cause) => {
      if (environment.operation === operation) {
        const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
        tell(region, environment, `Internal failure: ${why}`, "ERROR");
        end(region, environment, operation);
      }
    },
  );
}
