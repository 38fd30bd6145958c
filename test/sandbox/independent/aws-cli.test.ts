import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

function cliPresent(): boolean {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const present = cliPresent();
if (!present) console.log("skipped: no AWS CLI (apt-get install awscli)");

describe.skipIf(!present)("the AWS CLI", () => {
  let sandbox: TestRegion;
  beforeAll(async () => {
    sandbox = await openTestRegion({ name: "us-east-1" });
  });
  afterAll(() => sandbox.close());

  async function aws(...argv: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("aws", argv, {
      env: {
        PATH: process.env.PATH,
        HOME: sandbox.region.directory,
        AWS_ENDPOINT_URL: sandbox.region.endpoint,
        AWS_ACCESS_KEY_ID: sandbox.accessKeyId,
        AWS_SECRET_ACCESS_KEY: sandbox.secretAccessKey,
        AWS_DEFAULT_REGION: sandbox.region.name,
        AWS_PAGER: "",
      },
    });
    return stdout;
  }

  test("copies a file of several parts there and back", async () => {
    const { directory } = sandbox.region;
    const bytes = randomBytes(9 * 1024 * 1024);
    await writeFile(join(directory, "there"), bytes);
    await aws("s3", "mb", "s3://cli-bucket");
    await aws("s3", "cp", "--quiet", join(directory, "there"), "s3://cli-bucket/dir/file");
    await aws("s3", "cp", "--quiet", "s3://cli-bucket/dir/file", join(directory, "back"));
    expect((await readFile(join(directory, "back"))).equals(bytes)).toBe(true);
    expect(await aws("s3", "ls", "s3://cli-bucket")).toContain("PRE dir/");
  });

  test("shows errors as the service wrote them", async () => {
    await expect(
      aws("efs", "describe-file-systems", "--file-system-id", "fs-0123456789abcdef0"),
    ).rejects.toThrow(
      "An error occurred (FileSystemNotFound) when calling the DescribeFileSystems operation: File system 'fs-0123456789abcdef0' does not exist.",
    );
  });
});
