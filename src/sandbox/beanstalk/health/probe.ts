import { get } from "node:http";
import { connect } from "node:net";
import { matches, type CheckPlan } from "./check-plan.ts";

/** Why a check failed; undefined where it passed. */
export type ProbeResult = ProbeFailure | undefined;

/** A check that failed. */
export interface ProbeFailure {
  /** In the load balancer's words. */
  readonly reason: string;
  /** Somebody listened: the application itself was not well. */
  readonly answered: boolean;
}

function probeConnection(port: number, timeout: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout });
    const end = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => {
      end(undefined);
    });
    socket.once("timeout", () => {
      end({ reason: "Target.Timeout", answered: false });
    });
    socket.once("error", () => {
      end({ reason: "Target.FailedHealthChecks", answered: false });
    });
  });
}

function probePath(path: string, port: number, plan: CheckPlan): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const request = get({
      host: "127.0.0.1",
      port,
      path,
      agent: false,
      headers: { "user-agent": "ELB-HealthChecker/2.0" },
      signal: AbortSignal.timeout(plan.timeout),
    });
    request.once("response", (response) => {
      response.resume();
      const passed = matches(plan.matcher, response.statusCode ?? 0);
      resolve(passed ? undefined : { reason: "Target.ResponseCodeMismatch", answered: true });
    });
    request.on("error", (cause) => {
      // nginx stands between: what refuses a connection shows as 502, what hangs as a timeout.
      const hangs = cause.name === "AbortError" || cause.name === "TimeoutError";
      resolve({ reason: hangs ? "Target.Timeout" : "Target.ResponseCodeMismatch", answered: hangs });
    });
  });
}

/** Checks an application once. */
export function probe(port: number, plan: CheckPlan): Promise<ProbeResult> {
  return plan.path === undefined ? probeConnection(port, plan.timeout) : probePath(plan.path, port, plan);
}
