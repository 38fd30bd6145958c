import { UserError } from "../errors.ts";
import type { Observed } from "./observed.ts";
import type { FileSystemChange, Step } from "./step.ts";
import type { Wanted } from "./wanted.ts";

/** Steps for the file system and a mount target in every zone. */
export function planFileSystem(wanted: Wanted, observed: Observed): readonly Step<FileSystemChange>[] {
  const found = observed.fileSystem;
  const { fileSystem } = wanted.config;
  const steps: Step<FileSystemChange>[] = [];
  if (found === undefined) {
    if (fileSystem.id !== undefined)
      throw new UserError({
        reason: "no-file-system",
        message: `There is no file system ${fileSystem.id} in ${wanted.ground.region}.`,
        hint: "Correct fileSystem.id in bertops.yaml, or remove it: then init creates one.",
        next: ["aws efs describe-file-systems"],
        exitCode: 2,
      });
    steps.push({
      resource: "file system",
      name: wanted.creationToken,
      action: "create",
      detail: `encrypted, ${fileSystem.throughput} throughput, ${fileSystem.backup ? "daily backups" : "no backups"}`,
      change: { type: "create-file-system" },
    });
  } else if (fileSystem.id === undefined) {
    const throughput = found.throughput === fileSystem.throughput ? undefined : fileSystem.throughput;
    const backup = found.backup === fileSystem.backup ? undefined : fileSystem.backup;
    if (throughput !== undefined || backup !== undefined)
      steps.push({
        resource: "file system",
        name: found.id,
        action: "update",
        detail: [
          ...(throughput === undefined ? [] : [`throughput ${found.throughput} -> ${throughput}`]),
          ...(backup === undefined ? [] : [`backups ${found.backup ? "on -> off" : "off -> on"}`]),
        ].join(", "),
        change: { type: "change-file-system", throughput, backup },
      });
  }
  return [...steps, ...planMountTargets(wanted, observed)];
}

function planMountTargets(wanted: Wanted, observed: Observed): readonly Step<FileSystemChange>[] {
  const groupName = wanted.groups.find(({ part }) => part === "file-system")?.name ?? "";
  const group = observed.groups.get("file-system");
  const targets = wanted.mountSubnets.flatMap((subnet): readonly Step<FileSystemChange>[] => {
    const found = observed.mountTargets.find(({ availabilityZone }) => availabilityZone === subnet.zone);
    if (found === undefined || found.state === "deleting" || found.state === "deleted")
      return [
        {
          resource: "mount target",
          name: subnet.zone,
          action: "create",
          detail: `in ${subnet.id}`,
          change: { type: "create-mount-target", subnet },
        },
      ];
    // A mount target of somebody's own file system is theirs to guard.
    const ours = wanted.config.fileSystem.id === undefined;
    const guarded = group !== undefined && found.groupIds.includes(group.id);
    if (!ours || guarded || found.state !== "available") return [];
    return [
      {
        resource: "mount target",
        name: subnet.zone,
        action: "update",
        detail: `guarded by ${groupName}`,
        change: { type: "guard-mount-target", id: found.id, groupIds: found.groupIds },
      },
    ];
  });
  const pending = observed.mountTargets.filter(({ state }) => state === "creating");
  const wait: Step<FileSystemChange> = {
    resource: "mount target",
    name: "all",
    action: "wait",
    detail: "until every one is available",
    change: { type: "await-mount-targets" },
  };
  const creates = targets.some(({ action }) => action === "create");
  return creates || pending.length > 0 ? [...targets, wait] : targets;
}
