import { expect, it } from "vitest";
import { errorForTarget, resultForTarget } from "../../src/commands/same-target.ts";
import { EXIT, UserError } from "../../src/errors.ts";

/** As readGlobalOptions reads them, with flags that say how a command works and not where. */
const STAGING = { env: "staging", region: "eu-west-1", json: true, yes: true, timeout: 5000 };

it.each([
  ["Next: bertops doctor", "Next: bertops doctor --env staging --region eu-west-1"],
  [
    "Next:  cd demo && bertops mount-efs && bertops push-model DIR",
    "Next:  cd demo && bertops mount-efs --env staging --region eu-west-1 && bertops push-model DIR --env staging --region eu-west-1",
  ],
  [
    "Next: bertops doctor, or bertops logs",
    "Next: bertops doctor --env staging --region eu-west-1, or bertops logs --env staging --region eu-west-1",
  ],
  [
    "Mounted on 2 of 2. Next: bertops push-model DIR",
    "Mounted on 2 of 2. Next: bertops push-model DIR --env staging --region eu-west-1",
  ],
  [
    "Mounted on 1 of 2. When the cause is mended: bertops mount-efs",
    "Mounted on 1 of 2. When the cause is mended: bertops mount-efs --env staging --region eu-west-1",
  ],
  ["Next: bertops init --env ANOTHER-NAME", "Next: bertops init --env ANOTHER-NAME --region eu-west-1"],
  ["Next: aws efs describe-file-systems", "Next: aws efs describe-file-systems"],
  ["written by bertops mount-efs", "written by bertops mount-efs"],
])("names in %j the environment that was named", (line, told) => {
  expect(resultForTarget({ json: {}, lines: [line] }, STAGING).lines).toEqual([told]);
});

it("says the same under `next` in the JSON object, and nothing else there", () => {
  const json = {
    instances: [{ id: "i-1", next: "bertops doctor" }, { id: "i-2" }],
    broken: { hint: "bertops doctor", next: ["bertops logs", "aws s3 ls"] },
    none: null,
  };
  expect(resultForTarget({ json, lines: [] }, { env: "staging" }).json).toEqual({
    instances: [{ id: "i-1", next: "bertops doctor --env staging" }, { id: "i-2" }],
    broken: { hint: "bertops doctor", next: ["bertops logs --env staging", "aws s3 ls"] },
    none: null,
  });
});

it("names a file from where the command is typed only, and quotes what a shell would read otherwise", () => {
  const next = ["bertops plan", "cd demo && bertops plan"];
  const error = new UserError({ reason: "no-environment", message: "There is none.", next });
  const target = { config: "my models/bertops.yaml", profile: "it's" };
  expect(errorForTarget(error, target).next).toEqual([
    String.raw`bertops plan --config 'my models/bertops.yaml' --profile 'it'\''s'`,
    String.raw`cd demo && bertops plan --profile 'it'\''s'`,
  ]);
});

it("leaves errors as they are where nothing was named, or the command line itself was wrong", () => {
  const error = new UserError({
    reason: "no-environment",
    message: "There is none.",
    next: ["bertops plan"],
  });
  expect(errorForTarget(error, {})).toBe(error);
  const usage = new UserError({
    reason: "usage",
    message: "That is no name.",
    next: ["bertops status --help"],
    exitCode: EXIT.usage,
  });
  expect(errorForTarget(usage, STAGING)).toBe(usage);
});
