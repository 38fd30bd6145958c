import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { deploy } from "../../src/operations/deploy.ts";
import { destroy } from "../../src/operations/destroy/destroy.ts";
import { events } from "../../src/operations/events.ts";
import { locate } from "../../src/operations/locate.ts";
import { logs } from "../../src/operations/logs.ts";
import { scale } from "../../src/operations/scale.ts";
import { status } from "../../src/operations/status.ts";
import type { CommandResult } from "../../src/result.ts";
import { Project } from "./project.ts";

/** One environment from its making to its end, in a region of its own. Each test goes on where the one before ended. */
describe("an environment's life", { timeout: 120_000 }, () => {
  let project: Project;
  let first: unknown;

  const run = (dryRun = false): Promise<CommandResult> => project.init({ dryRun });
  const redeploy = async (
    options: { version?: string; rollback?: boolean; dryRun?: boolean } = {},
  ): Promise<CommandResult> =>
    deploy(
      await project.config(),
      { version: options.version, rollback: options.rollback ?? true, dryRun: options.dryRun ?? false },
      await project.aws(),
      project.world(),
    );
  const remove = async (options: { deleteData?: boolean; confirm?: string } = {}): Promise<CommandResult> =>
    destroy(
      await project.config(),
      { deleteData: options.deleteData ?? false, confirm: options.confirm, dryRun: false },
      await project.aws(),
      project.world(),
    );
  const round = async (): Promise<unknown> => {
    const { url } = (await locate(await project.config(), await project.aws())).environment;
    const answer = (await (await fetch(`${url}/`)).json()) as { round: number };
    return answer.round;
  };

  beforeAll(async () => {
    project = await Project.open();
    // The template would join the app otherwise: this project has a service of its own.
    await project.write(".keep", "");
  });
  afterAll(() => project.close());

  test("a dry run shows the plan and changes nothing", async () => {
    const before = await project.inventory();
    const { json } = await run(true);
    expect(json).toMatchObject({ dryRun: true, monthlyCostUsd: expect.any(Number) });
    expect(json["steps"]).toContainEqual(
      expect.objectContaining({ resource: "environment", action: "create" }),
    );
    expect(await project.inventory()).toEqual(before);
  });

  test("no is an answer", async () => {
    project.agrees = false;
    const before = await project.inventory();
    await expect(run()).rejects.toMatchObject({ reason: "cancelled", exitCode: 3 });
    expect(await project.inventory()).toEqual(before);
    project.agrees = true;
  });

  test("stopped in the middle, it says what goes on; the same command continues", async () => {
    const reason = new UserError({ reason: "interrupted", message: "Interrupted.", exitCode: 130 });
    const world = project.world();
    const going = project.init({
      world: {
        ...world,
        cwd: path.dirname(project.directory),
        emit: (event) => {
          world.emit(event);
          if (event.type === "step" && event.label.startsWith("create environment"))
            project.stop.abort(reason);
        },
      },
    });
    await expect(going).rejects.toMatchObject({
      reason: "interrupted",
      exitCode: 130,
      message: expect.stringContaining("goes on without bertops"),
      next: ["cd demo && bertops status", "cd demo && bertops events", "bertops init demo"],
    });
    project.stop = new AbortController();
    project.steps();
    const { json } = await run();
    expect(json).toMatchObject({
      changed: true,
      environment: { name: "demo", status: "Ready", health: "Green", url: expect.stringMatching(/^http/u) },
      instances: [{ id: expect.stringMatching(/^i-/u), host: expect.any(String), mounted: true }],
      fileSystem: { id: expect.stringMatching(/^fs-/u), mountPoint: "/efs" },
    });
    expect(project.steps().filter((step) => !step.includes("environment"))).toEqual([]);
    first = (json["environment"] as { version: string }).version;
  });

  test("again nothing changes", async () => {
    expect((await run()).json).toMatchObject({ changed: false, steps: [] });
    expect((await redeploy()).json).toMatchObject({ changed: false, version: first });
    expect(project.steps()).toEqual([]);
    expect((await status(await project.config(), await project.aws(), project.stop.signal)).exitCode).toBe(0);
  });

  test("an edit is a new version; the one before can be deployed by its label", async () => {
    await project.serve(2);
    expect((await redeploy({ dryRun: true })).json["steps"]).toHaveLength(3);
    expect((await redeploy()).json).toMatchObject({ changed: true, previousVersion: first });
    expect(await round()).toBe(2);
    await redeploy({ version: String(first) });
    expect(await round()).toBe(1);
    await expect(redeploy({ version: "app-none" })).rejects.toMatchObject({
      reason: "no-version",
      exitCode: 2,
    });
  });

  test("a version that fails is taken back", async () => {
    await project.write("app/server.js", "process.exit(7);\n");
    await expect(redeploy()).rejects.toMatchObject({
      reason: "rolled-back",
      exitCode: 1,
      message: expect.stringContaining(`runs ${String(first)} again`),
    });
    expect(await round()).toBe(1);
    await project.serve(1);
    expect((await redeploy()).json).toMatchObject({ changed: false });
  });

  test("a property and the file system's throughput follow bertops.yaml", async () => {
    await project.write(
      "bertops.yaml",
      "name: demo\nservice: { environment: { WORD: hello } }\nfileSystem: { throughput: bursting, backup: true }\n",
    );
    project.steps();
    await run();
    expect(project.steps()).toEqual([
      expect.stringMatching(/^update environment demo/u),
      expect.stringMatching(/^update file system fs-/u),
    ]);
    const { url } = (await locate(await project.config(), await project.aws())).environment;
    expect(await (await fetch(`${url}/`)).json()).toMatchObject({ word: "hello" });
    await project.write("bertops.yaml", "name: demo\nfileSystem: { throughput: bursting, backup: true }\n");
    await run();
    expect(await (await fetch(`${url}/`)).json()).not.toHaveProperty("word");
    expect((await run()).json).toMatchObject({ changed: false });
  });

  test("events and logs tell what happened", async () => {
    const told = await events(
      await project.config(),
      { limit: 100, follow: false },
      await project.aws(),
      project.world(),
    );
    expect(told.lines.join("\n")).toContain("Successfully launched environment: demo");
    const tails = await logs(
      await project.config(),
      { instance: undefined, directory: undefined },
      await project.aws(),
      project.world(),
    );
    expect(tails.lines.join("\n")).toContain("eb-engine.log");
    const directory = path.join(project.directory, "logs");
    const fetched = await logs(
      await project.config(),
      { instance: undefined, directory },
      await project.aws(),
      project.world(),
    );
    expect(fetched.json["instances"]).toEqual([
      { id: expect.stringMatching(/^i-/u), file: expect.stringMatching(/\.zip$/u) },
    ]);
  });

  test("more instances bring a load balancer, and bertops.yaml says so", async () => {
    const scaled = await scale(
      await project.config(),
      { instances: { min: 2, max: 2 }, dryRun: false },
      await project.aws(),
      project.world(),
    );
    expect(scaled.json).toMatchObject({ changed: true, min: 2, max: 2 });
    expect(scaled.json["instances"]).toHaveLength(2);
    expect((await project.config()).service.instances).toEqual({ min: 2, max: 2 });
    expect((await run()).json).toMatchObject({ changed: false });
  });

  test("the data goes only by its name", async () => {
    project.agrees = false;
    await expect(remove({ deleteData: true })).rejects.toMatchObject({ reason: "cancelled", exitCode: 3 });
    await expect(remove({ deleteData: true, confirm: "other" })).rejects.toMatchObject({
      reason: "wrong-name",
      exitCode: 2,
    });
    expect((await run()).json).toMatchObject({ changed: false });
    project.agrees = true;
  });

  test("destroy keeps the models, init finds them again, and with the data nothing is left", async () => {
    const before = await locate(await project.config(), await project.aws());
    expect((await remove()).json["kept"]).toContainEqual(
      expect.objectContaining({ resource: "file system", name: before.fileSystem.id }),
    );
    const left = await project.inventory();
    expect(Object.keys(left).toSorted()).toEqual(expect.arrayContaining(["file systems"]));
    expect(left).not.toHaveProperty("environments");
    expect((await remove()).json).toMatchObject({ changed: false });
    const { json } = await run();
    expect(json).toMatchObject({ changed: true, fileSystem: { id: before.fileSystem.id } });
    await remove({ deleteData: true, confirm: "demo" });
    const nothing = Object.values(await project.inventory())
      .flat()
      .filter((name) => !/^(?:elasticbeanstalk-us-east-1-\d+|default|AWSServiceRole.*)$/u.test(name));
    expect(nothing).toEqual([]);
    await expect(redeploy()).rejects.toMatchObject({ reason: "no-environment", exitCode: 2 });
  });
});

test(
  "where the first deployment failed, init deploys again, also where a property alone was mended",
  { timeout: 60_000 },
  async () => {
    const project = await Project.open();
    try {
      await project.write(".keep", "");
      const hooks = path.join(project.directory, "app/.platform/hooks/prebuild");
      await mkdir(hooks, { recursive: true });
      const hook = path.join(hooks, "word.sh");
      await writeFile(hook, '#!/bin/sh\n[ -n "$WORD" ] || { echo no WORD; exit 3; }\n', { mode: 0o755 });
      await expect(project.init()).rejects.toMatchObject({
        exitCode: 1,
        message: expect.stringContaining("word.sh"),
      });
      await project.write("bertops.yaml", "name: demo\nservice: { environment: { WORD: hello } }\n");
      expect((await project.init()).json).toMatchObject({ changed: true, environment: { health: "Green" } });
    } finally {
      await project.close();
    }
  },
);
