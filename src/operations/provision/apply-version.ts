import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../errors.ts";
import type { Step, VersionChange } from "../../plan/step.ts";
import { writeBundle } from "../bundle/write-bundle.ts";
import { until } from "../pace.ts";
import { stepId, type Walk } from "./walk.ts";

/** Makes the bucket, uploads the bundle, makes application and version. */
export async function applyVersion(step: Step<VersionChange>, walk: Walk): Promise<string | undefined> {
  const { applications, storage } = walk.ports;
  const { wanted } = walk.plan;
  const { application } = wanted.owner;
  const { change } = step;
  switch (change.type) {
    case "create-bucket":
      return storage.createLocation();
    case "create-application":
      await applications.create({
        name: application,
        description: "A model behind HTTP, kept by bertops.",
        // Environments share it, so it carries the tag of the application alone.
        tags: { ...wanted.config.tags, "bertops:application": application },
      });
      return undefined;
    case "upload-bundle":
      return upload(step, walk);
    case "create-version": {
      const { label, key, description } = wanted.version;
      if (change.replace)
        await until(
          `the failed version ${label} is gone`,
          async () =>
            (await applications.deleteVersion(application, label, false)) === "deleted" ? true : undefined,
          timing(walk),
        );
      await applications.createVersion({
        application,
        label,
        description,
        bucket: wanted.bucket,
        key,
        tags: { "bertops:application": application },
      });
      return processed(walk);
    }
  }
}

async function upload(step: Step<VersionChange>, walk: Walk): Promise<string> {
  const { wanted } = walk.plan;
  const { bundle } = walk;
  const { emit, signal } = walk.world;
  if (bundle === undefined) throw new Error("a version without a bundle cannot be uploaded");
  const directory = await mkdtemp(path.join(tmpdir(), "bertops-bundle-"));
  try {
    const file = path.join(directory, "bundle.zip");
    const total = await writeBundle(bundle, file, signal);
    await walk.ports.storage.upload(
      { bucket: wanted.bucket, key: wanted.version.key, body: createReadStream(file) },
      (done) =>
        emit({ type: "progress", id: stepId(step), label: "upload the bundle", done, total, unit: "bytes" }),
      signal,
    );
    return `${bundle.entries.length} files, ${(total / 1e6).toFixed(1)} MB`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function processed(walk: Walk): Promise<string> {
  const { application } = walk.plan.wanted.owner;
  const { label } = walk.plan.wanted.version;
  return until(
    `the version ${label} is processed`,
    async () => {
      const version = await walk.ports.applications.version(application, label);
      if (version?.status === "FAILED")
        throw new UserError({
          reason: "version-failed",
          message: `Elastic Beanstalk could not process the version ${label} of ${application}.`,
          hint: "Its events say why.",
          next: ["bertops events", "bertops deploy"],
        });
      return version?.status === "PROCESSED" ? "processed" : undefined;
    },
    timing(walk),
  );
}

function timing(walk: Walk): { every: number; limit: number; signal: AbortSignal } {
  return { every: walk.pace.glance, limit: walk.pace.patience, signal: walk.world.signal };
}
