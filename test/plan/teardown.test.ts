import { expect, test } from "vitest";
import { planTeardown, type Remains } from "../../src/plan/teardown.ts";
import { madeOf, wantedFor } from "./world.ts";

const wanted = wantedFor();
const made = madeOf(wanted);
const groups = ["file-system", "instance"].flatMap((part) =>
  [...made.groups].filter(([key]) => key === part).map(([, group]) => group),
);
const REMAINS: Remains = {
  environment: made.environment,
  otherEnvironments: [],
  application: made.application,
  versions: made.version === undefined ? [] : [made.version],
  strayBundles: [{ key: "bertops/demo/app-0.zip", bytes: 21e6 }],
  logs: [],
  bucket: wanted.bucket,
  fileSystem: made.fileSystem,
  mountTargets: made.mountTargets,
  groups,
  roles: [made.instanceRole, made.serviceRole].flatMap((role) => role ?? []),
  profile: made.instanceProfile,
};

test("everything goes in an order in which nothing is in use, but for the models", () => {
  const { removals, kept } = planTeardown(REMAINS, { deleteData: false });
  expect(removals.map(({ resource, name }) => `${resource} ${name}`)).toEqual([
    "environment demo",
    "application version app-1",
    "bundle bertops/demo/app-0.zip",
    "application demo",
    "mount targets us-east-1a, us-east-1b",
    "security group bertops-demo-efs",
    "security group bertops-demo-instance",
    "instance profile demo-us-east-1-instance",
    "role demo-us-east-1-instance",
    "role demo-us-east-1-service",
  ]);
  expect(kept.map(({ resource, name }) => `${resource} ${name}`)).toEqual([
    "file system fs-1",
    "bucket elasticbeanstalk-us-east-1-123456789012",
  ]);
});

test("the models go when it is said, after their mount targets", () => {
  const { removals, kept } = planTeardown(REMAINS, { deleteData: true });
  const order = removals.map(({ resource }) => resource);
  expect(order.indexOf("file system")).toBe(order.indexOf("mount targets") + 1);
  expect(kept.map(({ resource }) => resource)).toEqual(["bucket"]);
});

test("another environment keeps the application and its versions", () => {
  const { removals, kept } = planTeardown(
    { ...REMAINS, otherEnvironments: ["demo-b"] },
    { deleteData: false },
  );
  expect(removals.map(({ resource }) => resource)).not.toContain("application");
  expect(removals.map(({ resource }) => resource)).not.toContain("application version");
  expect(kept).toContainEqual({ resource: "application", name: "demo", detail: "used by demo-b" });
});

test("when all is gone but the models, there is nothing to do", () => {
  const rest: Remains = {
    ...REMAINS,
    environment: undefined,
    application: undefined,
    versions: [],
    strayBundles: [],
    mountTargets: [],
    groups: [],
    roles: [],
    profile: undefined,
  };
  expect(planTeardown(rest, { deleteData: false }).removals).toEqual([]);
  expect(planTeardown(rest, { deleteData: true }).removals.map(({ resource }) => resource)).toEqual([
    "file system",
  ]);
});
