import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { scaffold, type Scaffolded } from "../../src/operations/scaffold.ts";

let directory: string;
beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), "bertops-scaffold-")), "demo");
});
afterEach(() => rm(path.dirname(directory), { recursive: true, force: true }));

function write(): Promise<Scaffolded> {
  return scaffold(path.join(directory, "bertops.yaml"), path.join(directory, "app"), {
    name: "demo",
    region: "eu-west-1",
  });
}

test("an empty directory gets the settings and the service, without what is only for working on it", async () => {
  const { written, kept } = await write();
  expect(kept).toEqual([]);
  expect(written).toEqual(
    expect.arrayContaining(["bertops.yaml", "app/server.js", "app/package.json", "app/.npmrc"]),
  );
  expect(written.filter((file) => /node_modules|tsconfig|\/test\//u.test(file))).toEqual([]);
  expect(await loadConfig({ flags: {}, environment: {}, cwd: directory })).toMatchObject({
    name: "demo",
    region: "eu-west-1",
  });
});

test("again nothing is written, and what was removed stays away", async () => {
  await write();
  await rm(path.join(directory, "app/page"), { recursive: true, force: true });
  expect((await write()).written).toEqual([]);
});

test("files that differ are kept and named", async () => {
  await mkdir(path.join(directory, "app"), { recursive: true });
  await writeFile(path.join(directory, "app/server.js"), "// mine\n");
  const { written, kept } = await write();
  expect(kept).toEqual(["app/server.js"]);
  expect(written).toContain("app/package.json");
  expect(await readFile(path.join(directory, "app/server.js"), "utf8")).toBe("// mine\n");
});

test("a service of one's own is left alone", async () => {
  await mkdir(path.join(directory, "app"), { recursive: true });
  await writeFile(path.join(directory, "app/package.json"), '{ "name": "mine" }\n');
  expect((await write()).written).toEqual(["bertops.yaml"]);
  expect(await readdir(path.join(directory, "app"))).toEqual(["package.json"]);
});
