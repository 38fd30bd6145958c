import { frontOf } from "../options/effective.ts";
import { numberOf, settingOf, type Settings } from "../options/settings.ts";

/** How instances are checked; times in milliseconds. */
export interface CheckPlan {
  /** Undefined: it is enough that the application's port accepts connections. */
  readonly path: string | undefined;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** `200`, `200,302`, `200-299`. */
  readonly matcher: string;
  /** How long an application may answer badly before that counts: it starts in real time, checks are quicker. */
  readonly grace: number;
}

/** Checks of the usual interval that an application may answer badly at first. */
const GRACE_CHECKS = 20;

const PROCESS = "aws:elasticbeanstalk:environment:process:default";
/** The check interval that takes as long as the sandbox's own timing says. */
const USUAL_INTERVAL = 15;

/** `/path` of `HTTP:80/path`; undefined where only the connection counts. */
function healthcheckPath(url: string): string | undefined {
  const match = /^(?:(?<protocol>HTTPS?|TCP|SSL):)?\d*(?<path>\/.*)?$/u.exec(url);
  const protocol = match?.groups?.["protocol"];
  return protocol === "TCP" || protocol === "SSL" ? undefined : match?.groups?.["path"];
}

/** The health check that an environment's settings ask for, in the sandbox's time. */
export function checkPlan(settings: Settings, usualInterval: number): CheckPlan {
  const url = settingOf(settings, "aws:elasticbeanstalk:application", "Application Healthcheck URL") ?? "";
  const scaled = (seconds: number): number => (seconds / USUAL_INTERVAL) * usualInterval;
  const front = frontOf(settings);
  if (front === "application" || front === "network") {
    return {
      path:
        settingOf(settings, PROCESS, "Protocol")?.toUpperCase() === "TCP" || front === "network"
          ? undefined
          : (settingOf(settings, PROCESS, "HealthCheckPath") ?? "/"),
      interval: scaled(numberOf(settings, PROCESS, "HealthCheckInterval", USUAL_INTERVAL)),
      timeout: numberOf(settings, PROCESS, "HealthCheckTimeout", 5) * 1000,
      healthyThreshold: numberOf(settings, PROCESS, "HealthyThresholdCount", 3),
      unhealthyThreshold: numberOf(settings, PROCESS, "UnhealthyThresholdCount", 5),
      matcher: settingOf(settings, PROCESS, "MatcherHTTPCode") ?? "200",
      grace: GRACE_CHECKS * usualInterval,
    };
  }
  const classic = "aws:elb:healthcheck";
  return {
    path: healthcheckPath(url),
    interval: scaled(numberOf(settings, classic, "Interval", 10)),
    timeout: numberOf(settings, classic, "Timeout", 5) * 1000,
    healthyThreshold: numberOf(settings, classic, "HealthyThreshold", 3),
    unhealthyThreshold: numberOf(settings, classic, "UnhealthyThreshold", 5),
    matcher: "200",
    grace: GRACE_CHECKS * usualInterval,
  };
}

/** Does a status satisfy a matcher? */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from, to = from] = part.trim().split("-").map(Number);
    return from !== undefined && to !== undefined && status >= from && status <= to;
  });
}
