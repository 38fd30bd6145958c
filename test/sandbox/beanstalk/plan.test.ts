import { expect, test } from "vitest";
import { batchSize, inBatches, planUpdate } from "../../../src/sandbox/beanstalk/engine/plan-update.ts";
import { planDeployment } from "../../../src/sandbox/beanstalk/instance/plan-deployment.ts";
import { parseExtension } from "../../../src/sandbox/beanstalk/instance/parse-extension.ts";
import { effectiveSettings } from "../../../src/sandbox/beanstalk/options/effective.ts";
import { NO_SETTINGS, withSettings, type Settings } from "../../../src/sandbox/beanstalk/options/settings.ts";
import { balanced } from "./region.ts";

const COMMAND = "aws:elasticbeanstalk:command";

function settings(more: Parameters<typeof balanced>[1] = {}): Settings {
  return effectiveSettings(withSettings(NO_SETTINGS, balanced(2, more)));
}

function plan(after: Settings, { deploys = false, count = 4 } = {}) {
  return planUpdate({ before: settings(), after, deploys, platformChanges: false, count });
}

test.each([
  ["a version", settings(), true, { instances: "deploy", method: "all-at-once" }],
  [
    "a version, rolling",
    settings({ [COMMAND]: { DeploymentPolicy: "Rolling", BatchSize: "30" } }),
    true,
    { instances: "deploy", method: "rolling", batch: 1 },
  ],
  [
    "a version, immutably",
    settings({ [COMMAND]: { DeploymentPolicy: "Immutable" } }),
    true,
    { instances: "deploy", method: "immutable" },
  ],
  [
    "a property",
    settings({ "aws:elasticbeanstalk:application:environment": { A: "1" } }),
    false,
    { instances: "properties", method: "all-at-once" },
  ],
  [
    "an instance type",
    settings({ "aws:ec2:instances": { InstanceTypes: "t3.large" } }),
    false,
    { instances: "replace", method: "all-at-once" },
  ],
  [
    "the number of instances",
    settings({ "aws:autoscaling:asg": { MinSize: "3", MaxSize: "4" } }),
    false,
    { instances: "none", resize: true },
  ],
  [
    "a health check path",
    settings({ "aws:elasticbeanstalk:environment:process:default": { HealthCheckPath: "/" } }),
    false,
    { instances: "none", resize: false },
  ],
])("%s changes", (_, after, deploys, wanted) => {
  expect(plan(after, { deploys })).toMatchObject(wanted);
});

test("a batch is never empty and never more than all", () => {
  const rolling = (BatchSize: string, BatchSizeType: string) =>
    settings({ [COMMAND]: { BatchSize, BatchSizeType } });
  expect(batchSize(rolling("30", "Percentage"), 2)).toBe(1);
  expect(batchSize(rolling("50", "Percentage"), 5)).toBe(2);
  expect(batchSize(rolling("9", "Fixed"), 4)).toBe(4);
  expect(inBatches([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
});

const EXTENSION = `
packages: { yum: { amazon-efs-utils: [], jq: ["1.7"] } }
files:
  "/etc/motd": { mode: "000600", owner: root, group: root, content: "hello\\n" }
commands:
  02_late: { command: "echo late" }
  01_early: { command: [echo, early], ignoreErrors: true, test: "true", cwd: /tmp, env: { A: 1 } }
container_commands:
  01_migrate: { command: migrate, leader_only: true }
option_settings:
  aws:autoscaling:asg: { MaxSize: 3 }
users: { someone: {} }
`;

test("a configuration file's steps come before the hooks, container commands after the build", () => {
  const extension = parseExtension(".ebextensions/a.config", EXTENSION, "v1");
  expect(extension.optionSettings).toEqual([
    { Namespace: "aws:autoscaling:asg", OptionName: "MaxSize", Value: "3" },
  ]);
  expect(extension.ignored).toEqual(["users"]);
  const words = (leader: boolean) =>
    planDeployment("application", { extensions: [extension], leader }).map((step) =>
      "command" in step
        ? `${step.do} ${step.command.name}`
        : step.do === "hooks"
          ? `${step.stage} in ${step.cwd}`
          : step.do,
    );
  expect(words(true)).toEqual([
    "write-properties",
    "unpack",
    "install-packages",
    "write-file",
    "command 01_early",
    "command 02_late",
    "prebuild in /var/app/staging",
    "install-dependencies",
    "container-command 01_migrate",
    "predeploy in /var/app/staging",
    "stop",
    "switch",
    "start",
    "postdeploy in /var/app/current",
  ]);
  expect(words(false)).not.toContain("container-command 01_migrate");
});

test("option settings come as a list as well", () => {
  const text = JSON.stringify({
    option_settings: [
      { option_name: "A", value: 1 },
      { namespace: "aws:autoscaling:asg", option_name: "MinSize", value: 2 },
    ],
  });
  expect(parseExtension("a.config", text, "v1").optionSettings).toEqual([
    { Namespace: "aws:elasticbeanstalk:application:environment", OptionName: "A", Value: "1" },
    { Namespace: "aws:autoscaling:asg", OptionName: "MinSize", Value: "2" },
  ]);
});

test.each([
  ["commands: [", /The configuration file a\.config in application version v1 contains invalid YAML or JSON/],
  ["comands: {}", /Contains invalid key: 'comands'/],
])("%j is refused", (text, message) => {
  expect(() => parseExtension("a.config", text, "v1")).toThrow(message);
});
