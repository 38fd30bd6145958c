import { expect, test } from "vitest";
import { checkPlan, matches } from "../../../src/sandbox/beanstalk/health/check-plan.ts";
import {
  environmentReport,
  instanceReport,
  type MemberView,
} from "../../../src/sandbox/beanstalk/health/health-report.ts";
import { newTarget, nextTarget } from "../../../src/sandbox/beanstalk/health/next-target.ts";
import { startCommands } from "../../../src/sandbox/beanstalk/instance/start-commands.ts";
import { effectiveSettings } from "../../../src/sandbox/beanstalk/options/effective.ts";
import { NO_SETTINGS, withSettings } from "../../../src/sandbox/beanstalk/options/settings.ts";
import { compareVersions, passesFilters } from "../../../src/sandbox/beanstalk/platform-filter.ts";
import { parseProxyRules } from "../../../src/sandbox/beanstalk/proxy/proxy-rules.ts";
import { chooseTarget } from "../../../src/sandbox/beanstalk/proxy/proxy-target.ts";
import { balanced, options } from "./region.ts";

const NONE = { procfile: undefined, packageJson: undefined, hasAppJs: false, hasServerJs: false };

test.each([
  [
    { procfile: "# comment\nweb: node a.js --port $PORT\nworker: node b.js\n", hasAppJs: true },
    ["web", "worker"],
    "node a.js --port $PORT",
  ],
  [{ packageJson: '{"scripts":{"start":"node x"}}', hasAppJs: true }, ["web"], "npm start"],
  [{ packageJson: "{}", hasAppJs: true, hasServerJs: true }, ["web"], "node app.js"],
  [{ hasServerJs: true }, ["web"], "node server.js"],
])("%j starts in the platform's order", (files, names, first) => {
  const commands = startCommands({ ...NONE, ...files });
  expect(commands.map((one) => one.name)).toEqual(names);
  expect(commands[0]?.command).toBe(first);
});

test("a bundle that can't be started, or a Procfile that is none, is refused", () => {
  expect(() => startCommands(NONE)).toThrow(/package\.json', 'server\.js', or 'app\.js'/);
  expect(() => startCommands({ ...NONE, procfile: "node app.js" })).toThrow(/could not be parsed/);
});

test("nginx snippets change limits and times; comments do not", () => {
  expect(parseProxyRules([])).toMatchObject({ maxBody: 1_048_576, readTimeout: 60_000 });
  const snippet =
    "# client_max_body_size 9g;\nhttp { client_max_body_size 20M; } server{proxy_read_timeout 300s;}";
  expect(parseProxyRules([snippet])).toMatchObject({ maxBody: 20_971_520, readTimeout: 300_000 });
  expect(parseProxyRules(["client_max_body_size 0;"]).maxBody).toBe(0);
});

test("a new target needs one good check, a sick one as many as the threshold", () => {
  const plan = checkPlan(effectiveSettings(withSettings(NO_SETTINGS, balanced(1))), 500);
  expect(plan).toMatchObject({ path: "/healthz", interval: 500, timeout: 5000, matcher: "200" });
  const failure = { reason: "Target.Timeout", answered: true };
  const after = (...results: (string | undefined)[]) =>
    results.reduce(
      (target, result) =>
        nextTarget(target, { result: result === undefined ? undefined : failure, starting: false }, plan),
      newTarget(),
    ).state;
  expect(after(undefined)).toBe("healthy");
  expect(after(undefined, "x")).toBe("healthy");
  expect(after(undefined, "x", "x")).toBe("unhealthy");
  expect(after("x", "x", undefined)).toBe("unhealthy");
  expect(after("x", "x", undefined, undefined)).toBe("healthy");
  const starting = nextTarget(
    newTarget(),
    { result: failure, starting: true },
    { ...plan, unhealthyThreshold: 1 },
  );
  expect(starting.state).toBe("initial");
});

test("a classic environment without a path is checked by its port", () => {
  const url = (value: string) =>
    options({ "aws:elasticbeanstalk:application": { "Application Healthcheck URL": value } });
  const path = (value: string) =>
    checkPlan(effectiveSettings(withSettings(NO_SETTINGS, url(value))), 500).path;
  expect([path(""), path("TCP:80"), path("/health"), path("HTTP:80/up")]).toEqual([
    undefined,
    undefined,
    "/health",
    "/up",
  ]);
});

test("a matcher is a list of statuses and ranges", () => {
  expect(matches("200,301-303", 302)).toBe(true);
  expect(matches("200,301-303", 304)).toBe(false);
});

test("requests go round healthy targets, and to all where none is healthy", () => {
  const target = (instanceId: string, healthy: boolean) => ({
    instanceId,
    healthy,
    port: 1,
    rules: parseProxyRules([]),
  });
  const mixed = [target("a", true), target("b", false), target("c", true)];
  expect([0, 1, 2].map((n) => chooseTarget(mixed, n)?.instanceId)).toEqual(["a", "c", "a"]);
  expect([0, 1].map((n) => chooseTarget([target("a", false), target("b", false)], n)?.instanceId)).toEqual([
    "a",
    "b",
  ]);
  expect(chooseTarget([], 3)).toBeUndefined();
});

const EXPECTED = { versionLabel: "v2", deploymentId: 2, settled: true };

function member(
  state: "healthy" | "unhealthy" | "initial",
  status: "Deployed" | "Failed" = "Deployed",
  id = 2,
): MemberView {
  return {
    host: {} as never,
    target: { ...newTarget(), state },
    deployment: { versionLabel: `v${id}`, id, status, time: new Date(0) },
  };
}

function reports(...members: MemberView[]) {
  return members.map((one) => instanceReport(one, EXPECTED, new Date(1000)));
}

test.each([
  ["all well", [member("healthy"), member("healthy")], "Green", "Ok"],
  ["starting", [member("initial")], "Grey", "Pending"],
  ["one of three sick", [member("healthy"), member("healthy"), member("unhealthy")], "Yellow", "Warning"],
  ["one of two sick", [member("healthy"), member("unhealthy")], "Red", "Degraded"],
  ["all sick", [member("unhealthy"), member("unhealthy")], "Red", "Severe"],
  ["a deployment failed everywhere", [member("healthy", "Failed")], "Red", "Degraded"],
  ["another version than expected", [member("healthy", "Deployed", 1)], "Red", "Degraded"],
])("%s", (_, members, health, status) => {
  expect(environmentReport(reports(...members), "none")).toMatchObject({ health, status });
});

test("filters of platform lists compare as AWS's do", () => {
  const item = {
    PlatformVersion: "6.11.7",
    PlatformBranchName: "Node.js 24 running on 64bit Amazon Linux 2023",
  };
  const passes = (name: string, operator: string, ...values: string[]) =>
    passesFilters(item, [{ name, operator, values }]);
  expect(passes("PlatformBranchName", "contains", "Node.js 24")).toBe(true);
  expect(passes("PlatformVersion", ">=", "6.9.0")).toBe(true);
  expect(passes("PlatformVersion", "<", "6.11.7")).toBe(false);
  expect(() => passes("Colour", "=", "red")).toThrow(/Invalid filter type/);
  expect(compareVersions("6.2.0", "6.11.0")).toBeLessThan(0);
});
