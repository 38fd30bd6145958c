import type { ApplicationMetrics } from "@aws-sdk/client-elastic-beanstalk";
import type { RequestMetrics } from "./proxy/request-log.ts";

/** Metrics of the proxy as the health API shows them. */
export function applicationMetrics(metrics: RequestMetrics | undefined): ApplicationMetrics {
  const [ok, redirected, refused, failed] = metrics?.classes ?? [0, 0, 0, 0];
  const at = (part: number): number | undefined => metrics?.percentile(part);
  return {
    Duration: metrics?.duration ?? 10,
    RequestCount: metrics?.count ?? 0,
    StatusCodes: { Status2xx: ok, Status3xx: redirected, Status4xx: refused, Status5xx: failed },
    Latency: {
      P999: at(0.999),
      P99: at(0.99),
      P95: at(0.95),
      P90: at(0.9),
      P85: at(0.85),
      P75: at(0.75),
      P50: at(0.5),
      P10: at(0.1),
    },
  };
}
