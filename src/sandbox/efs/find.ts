import { ServiceError } from "../wire/operation.ts";
import { stateOf, sweep } from "./life-cycle.ts";
import type { AccessPoint, EfsState, FileSystem, MountTarget } from "./state.ts";

/** The file system, by id or ARN, or `FileSystemNotFound` 404. */
export function findFileSystem(efs: EfsState, idOrArn: string): FileSystem {
  sweep(efs);
  const id = idOrArn.split("/").at(-1)!;
  const fileSystem = efs.fileSystems.get(id);
  if (!fileSystem) {
    throw new ServiceError("FileSystemNotFound", `File system '${id}' does not exist.`, 404);
  }
  return fileSystem;
}

/** The file system, which must be available, or `IncorrectFileSystemLifeCycleState` 409. */
export function findAvailable(efs: EfsState, idOrArn: string): FileSystem {
  const fileSystem = findFileSystem(efs, idOrArn);
  const state = stateOf(fileSystem);
  if (state !== "available") {
    throw new ServiceError(
      "IncorrectFileSystemLifeCycleState",
      `File system '${fileSystem.fileSystemId}' is in the lifecycle state '${state}'; it must be 'available'.`,
      409,
    );
  }
  return fileSystem;
}

/** The mount target, or `MountTargetNotFound` 404. */
export function findMountTarget(efs: EfsState, id: string): MountTarget {
  sweep(efs);
  const target = efs.mountTargets.get(id);
  if (!target) throw new ServiceError("MountTargetNotFound", `Mount target '${id}' does not exist.`, 404);
  return target;
}

/** The access point, by id or ARN, or `AccessPointNotFound` 404. */
export function findAccessPoint(efs: EfsState, idOrArn: string): AccessPoint {
  sweep(efs);
  const id = idOrArn.split("/").at(-1)!;
  const accessPoint = efs.accessPoints.get(id);
  if (!accessPoint)
    throw new ServiceError("AccessPointNotFound", `Access point '${id}' does not exist.`, 404);
  return accessPoint;
}

/** The mount targets of a file system that are not deleted yet. */
export function mountTargetsOf(efs: EfsState, fileSystemId: string): MountTarget[] {
  sweep(efs);
  return [...efs.mountTargets.values()].filter((target) => target.fileSystemId === fileSystemId);
}
