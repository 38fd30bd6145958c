import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hookFailure } from "../../src/plan/mount-script/hook-failure.ts";
import { Project } from "./project.ts";

describe("a deployment whose mount fails", { timeout: 120_000 }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.open();
    await project.write(".keep", "");
  });
  afterAll(() => project.close());

  const configured = async (properties: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(properties).map(([name, value]) => `    ${name}: "${value}"\n`);
    await project.write("bertops.yaml", `name: demo\nservice:\n  environment:\n${lines.join("")}`);
  };

  test("fails, and the event, the error and what to type next say why", async () => {
    await configured({ BERTOPS_ACCESS_POINT: "fsap-0bad" });
    await expect(project.init()).rejects.toMatchObject({
      reason: "deployment-failed",
      message: expect.stringMatching(/access denied by server/u),
      hint: expect.stringMatching(
        /could not mount the file system \(denied\)\. Check the file system's policy/u,
      ),
      next: ["bertops doctor", "bertops events", "bertops logs", "bertops init"],
    });
    const told = project.events.filter((event) => event.type === "environment-event");
    expect(told.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/10_mount_efs\.sh failed with error exit status 46.*\(denied, exit code 46\)/u),
    );
  });

  test("succeeds when the cause is mended", async () => {
    await project.serve(2);
    await configured({ BERTOPS_MOUNT_WAIT: "60" });
    const { json } = await project.init();
    expect(json).toMatchObject({ environment: { health: "Green" }, instances: [{ mounted: true }] });
  });
});

test("an event that only has the hook's name and exit status is understood, too", () => {
  const said = "Command .platform/hooks/prebuild/10_mount_efs.sh failed with error exit status 31";
  expect(hookFailure(said)?.reason).toBe("unreachable");
  expect(hookFailure("Command .platform/hooks/prebuild/20_own.sh failed with error exit status 31")).toBe(
    undefined,
  );
  expect(hookFailure("10_mount_efs.sh failed with error exit status 1")).toBe(undefined);
});
