import { UserError } from "../../errors.ts";
import type { FileSystemChange, Step } from "../../plan/step.ts";
import { until } from "../pace.ts";
import type { Walk } from "./walk.ts";

/** Makes the file system and its mount targets, or brings them to what is wanted. */
export async function applyFileSystem(
  { change }: Step<FileSystemChange>,
  walk: Walk,
): Promise<string | undefined> {
  const { fileSystems } = walk.ports;
  const { wanted } = walk.plan;
  const { fileSystem } = wanted.config;
  switch (change.type) {
    case "create-file-system": {
      const id = await fileSystems.create({
        creationToken: wanted.creationToken,
        throughput: fileSystem.throughput,
        backup: fileSystem.backup,
        tags: { Name: wanted.creationToken, ...wanted.tags },
      });
      walk.made.fileSystem = id;
      await available(id, walk);
      return id;
    }
    case "change-file-system": {
      const id = walk.made.fileSystem ?? "";
      await available(id, walk);
      if (change.backup !== undefined) await fileSystems.setBackup(id, change.backup);
      if (change.throughput !== undefined) await fileSystems.setThroughput(id, change.throughput);
      return undefined;
    }
    case "create-mount-target": {
      const fileSystemId = walk.made.fileSystem ?? "";
      const groupId = walk.made.groups.get("file-system") ?? "";
      const { subnet } = change;
      await until(
        `the file system ${fileSystemId} is available`,
        async () => {
          const state = await fileSystems.createMountTarget({ fileSystemId, subnetId: subnet.id, groupId });
          return state === "created" ? state : undefined;
        },
        timing(walk),
      );
      return undefined;
    }
    case "guard-mount-target": {
      const group = walk.made.groups.get("file-system");
      if (group !== undefined)
        await fileSystems.setGroups(change.id, [...new Set([...change.groupIds, group])]);
      return undefined;
    }
    case "await-mount-targets":
      return mounted(walk);
  }
}

async function available(id: string, walk: Walk): Promise<void> {
  await until(
    `the file system ${id} is available`,
    async () => {
      const found = await walk.ports.fileSystems.byId(id);
      if (found?.state === "error" || found?.state === "deleting" || found?.state === "deleted")
        throw new UserError({
          reason: "file-system-failed",
          message: `The file system ${id} is ${found.state}.`,
          next: [`aws efs describe-file-systems --file-system-id ${id}`],
        });
      return found?.state === "available" ? found : undefined;
    },
    timing(walk),
  );
}

async function mounted(walk: Walk): Promise<string> {
  const id = walk.made.fileSystem ?? "";
  const zones = new Set(walk.plan.wanted.mountSubnets.map(({ zone }) => zone));
  const ready = await until(
    `the mount targets of ${id} are available`,
    async () => {
      const targets = await walk.ports.fileSystems.mountTargets(id);
      const there = targets.filter((target) => zones.has(target.availabilityZone));
      const failed = there.find(({ state }) => state === "error");
      if (failed !== undefined)
        throw new UserError({
          reason: "mount-target-failed",
          message: `The mount target ${failed.id} in ${failed.availabilityZone} has failed.`,
          hint: "Delete it, then run the same command again.",
          next: [`aws efs delete-mount-target --mount-target-id ${failed.id}`],
        });
      const done = there.filter(({ state }) => state === "available");
      return done.length >= zones.size ? done : undefined;
    },
    timing(walk),
  );
  return `${ready.length} available`;
}

function timing(walk: Walk): { every: number; limit: number; signal: AbortSignal } {
  return { every: walk.pace.glance, limit: walk.pace.patience, signal: walk.world.signal };
}
