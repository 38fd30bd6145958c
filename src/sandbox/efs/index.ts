import type { Operation } from "../wire/operation.ts";
import { createAccessPoint } from "./create-access-point.ts";
import { createFileSystem } from "./create-file-system.ts";
import { createMountTarget } from "./create-mount-target.ts";
import { createTags } from "./create-tags.ts";
import { deleteAccessPoint } from "./delete-access-point.ts";
import { deleteFileSystemPolicy } from "./delete-file-system-policy.ts";
import { deleteFileSystem } from "./delete-file-system.ts";
import { deleteMountTarget } from "./delete-mount-target.ts";
import { deleteTags } from "./delete-tags.ts";
import { describeAccessPoints } from "./describe-access-points.ts";
import { describeAccountPreferences } from "./describe-account-preferences.ts";
import { describeBackupPolicy } from "./describe-backup-policy.ts";
import { describeFileSystemPolicy } from "./describe-file-system-policy.ts";
import { describeFileSystems } from "./describe-file-systems.ts";
import { describeLifecycleConfiguration } from "./describe-lifecycle-configuration.ts";
import { describeMountTargetSecurityGroups } from "./describe-mount-target-security-groups.ts";
import { describeMountTargets } from "./describe-mount-targets.ts";
import { describeReplicationConfigurations } from "./describe-replication-configurations.ts";
import { describeTags } from "./describe-tags.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { modifyMountTargetSecurityGroups } from "./modify-mount-target-security-groups.ts";
import { putAccountPreferences } from "./put-account-preferences.ts";
import { putBackupPolicy } from "./put-backup-policy.ts";
import { putFileSystemPolicy } from "./put-file-system-policy.ts";
import { putLifecycleConfiguration } from "./put-lifecycle-configuration.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";
import { updateFileSystemProtection } from "./update-file-system-protection.ts";
import { updateFileSystem } from "./update-file-system.ts";

/** Every EFS operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  createAccessPoint,
  createFileSystem,
  createMountTarget,
  createTags,
  deleteAccessPoint,
  deleteFileSystemPolicy,
  deleteFileSystem,
  deleteMountTarget,
  deleteTags,
  describeAccessPoints,
  describeAccountPreferences,
  describeBackupPolicy,
  describeFileSystemPolicy,
  describeFileSystems,
  describeLifecycleConfiguration,
  describeMountTargetSecurityGroups,
  describeMountTargets,
  describeReplicationConfigurations,
  describeTags,
  listTagsForResource,
  modifyMountTargetSecurityGroups,
  putAccountPreferences,
  putBackupPolicy,
  putFileSystemPolicy,
  putLifecycleConfiguration,
  tagResource,
  untagResource,
  updateFileSystemProtection,
  updateFileSystem,
];
