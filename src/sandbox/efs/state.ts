import type { LifecyclePolicy } from "@aws-sdk/client-efs";

/** A file system. Its state follows from the clock: see `file-system.ts`. */
export interface FileSystem {
  readonly fileSystemId: string;
  readonly creationToken: string;
  readonly createdAt: Date;
  /** When `creating` ends, in milliseconds since 1970. */
  readonly availableAt: number;
  /** When `deleting` ends. */
  deletedAt: number | undefined;
  readonly performanceMode: "generalPurpose" | "maxIO";
  throughputMode: "bursting" | "provisioned" | "elastic";
  provisionedThroughput: number | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  /** Set for a One Zone file system. */
  readonly availabilityZone: string | undefined;
  backup: "ENABLED" | "DISABLED";
  lifecyclePolicies: readonly LifecyclePolicy[];
  /** The resource policy as JSON text. */
  policy: string | undefined;
  overwriteProtection: "ENABLED" | "DISABLED";
  readonly tags: Map<string, string>;
  /** Where its files lie on this machine. */
  readonly directory: string;
}

/** A mount target: the file system's address in one zone. */
export interface MountTarget {
  readonly mountTargetId: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly ipAddress: string;
  readonly networkInterfaceId: string;
  securityGroupIds: string[];
  readonly createdAt: Date;
  readonly availableAt: number;
  /** When its DNS name starts to resolve. */
  readonly dnsAt: number;
  deletedAt: number | undefined;
}

/** An access point: a directory of a file system and the user that its clients are. */
export interface AccessPoint {
  readonly accessPointId: string;
  readonly clientToken: string;
  readonly fileSystemId: string;
  readonly posixUser:
    | { readonly uid: number; readonly gid: number; readonly secondaryGids: number[] }
    | undefined;
  readonly path: string;
  readonly creationInfo:
    | { readonly ownerUid: number; readonly ownerGid: number; readonly permissions: string }
    | undefined;
  readonly createdAt: Date;
  readonly availableAt: number;
  deletedAt: number | undefined;
  readonly tags: Map<string, string>;
}

/** Everything that EFS knows. */
export interface EfsState {
  readonly fileSystems: Map<string, FileSystem>;
  readonly mountTargets: Map<string, MountTarget>;
  readonly accessPoints: Map<string, AccessPoint>;
  accountPreferences: "LONG_ID" | "SHORT_ID";
}

/** Starts EFS with nothing in it. */
export function createEfsState(): EfsState {
  return {
    fileSystems: new Map(),
    mountTargets: new Map(),
    accessPoints: new Map(),
    accountPreferences: "LONG_ID",
  };
}
