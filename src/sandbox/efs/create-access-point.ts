import {
  type AccessPointDescription,
  CreateAccessPoint$,
  type CreateAccessPointRequest,
} from "@aws-sdk/client-efs";
import { resourceId } from "../identifiers.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeAccessPoint } from "./describe.ts";
import { findAvailable } from "./find.ts";
import type { AccessPoint } from "./state.ts";
import { putTags } from "./tags.ts";

/** CreateAccessPoint; a client token that is in use answers `AccessPointAlreadyExists` with the id. */
export const createAccessPoint: Operation<CreateAccessPointRequest, AccessPointDescription> = {
  schema: CreateAccessPoint$,
  run(region, input) {
    const { efs } = region;
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    const clientToken = input.ClientToken!;
    const existing = [...efs.accessPoints.values()].find((one) => one.clientToken === clientToken);
    if (existing) {
      throw new ServiceError(
        "AccessPointAlreadyExists",
        `Access point '${existing.accessPointId}' already exists with client token '${clientToken}'`,
        409,
        { AccessPointId: existing.accessPointId },
      );
    }
    const { PosixUser: user, RootDirectory: root } = input;
    const info = root?.CreationInfo;
    const createdAt = new Date();
    const accessPoint: AccessPoint = {
      accessPointId: resourceId("fsap"),
      clientToken,
      fileSystemId: fileSystem.fileSystemId,
      posixUser: user && { uid: user.Uid!, gid: user.Gid!, secondaryGids: [...(user.SecondaryGids ?? [])] },
      path: root?.Path ?? "/",
      creationInfo: info && {
        ownerUid: info.OwnerUid!,
        ownerGid: info.OwnerGid!,
        permissions: info.Permissions!,
      },
      createdAt,
      availableAt: createdAt.getTime() + region.timings.mountTarget,
      deletedAt: undefined,
      tags: new Map(),
    };
    putTags(accessPoint.tags, input.Tags ?? []);
    efs.accessPoints.set(accessPoint.accessPointId, accessPoint);
    return describeAccessPoint(region, accessPoint);
  },
};
