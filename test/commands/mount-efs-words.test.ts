import { expect, test } from "vitest";
import { readMountWords } from "../../src/commands/mount-efs-words.ts";
import type { Invocation } from "../../src/commands/act.ts";

function read(options: Readonly<Record<string, unknown>>): ReturnType<typeof readMountWords> {
  return readMountWords({ options, world: { cwd: "/home/ana" } } as unknown as Invocation);
}

test("nothing said means: mount, as the environment says", () => {
  const words = read({});
  expect(words).toMatchObject({
    mode: "mount",
    kind: undefined,
    fileSystem: undefined,
    packageFile: undefined,
  });
  expect(words.parameters("/data/efs/")).toEqual({
    mode: "mount",
    mountPoint: "/data/efs",
    modelsRoot: "/data/efs/models",
  });
});

test("what is said reaches the script", () => {
  const words = read({
    remount: true,
    replace: "fs-0bb",
    force: true,
    iam: true,
    accessPoint: "fsap-0aa",
    mountTargetIp: "10.0.0.5",
    plainNfs: "if-needed",
    package: "efs.rpm",
    root: "/efs/store/models",
  });
  expect(words.packageFile).toBe("/home/ana/efs.rpm");
  expect(words.parameters("/efs")).toEqual({
    mode: "remount",
    kind: "efs",
    plainNfsIfNeeded: true,
    mountPoint: "/efs",
    modelsRoot: "/efs/store/models",
    accessPoint: "fsap-0aa",
    mountTargetIp: "10.0.0.5",
    replace: "fs-0bb",
    iam: true,
    force: true,
  });
  expect(read({ plainNfs: true }).kind).toBe("nfs4");
  expect(read({ s3Files: true }).kind).toBe("s3files");
});

test.each([
  [{ check: true, unmount: true }, /--check and --unmount exclude/u],
  [{ fileSystem: "efs" }, /--file-system takes an id/u],
  [{ accessPoint: "fs-0aa" }, /--access-point takes an id/u],
  [{ mountTargetIp: "host; reboot" }, /--mount-target-ip takes an address/u],
  [{ package: "efs-utils.tar.gz" }, /--package takes the name/u],
  [{ plainNfs: "never" }, /always or if-needed/u],
  [{ plainNfs: true, iam: true }, /need amazon-efs-utils and TLS/u],
  [{ plainNfs: true, s3Files: true }, /exclude each other/u],
  [{ replace: "fs-0bb" }, /--replace names what/u],
  [{ force: true }, /--force is for/u],
])("%j is refused before anything is done", (options, message) => {
  expect(() => read(options)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
  );
});

test.each(["efs", "/", "/e fs", "/efs$(reboot)"])("%s is no mount point", (mountPoint) => {
  expect(() => read({ mountPoint }).parameters("/efs")).toThrow(/cannot be a mount point/u);
});
