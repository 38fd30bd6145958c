import { FSTAB, FSTAB_EDIT } from "./mount-script/fstab.ts";
import { INSTALL } from "./mount-script/install.ts";
import { LOOK } from "./mount-script/look.ts";
import { MAIN } from "./mount-script/main.ts";
import { MOUNT } from "./mount-script/mount.ts";
import { REACH } from "./mount-script/reach.ts";
import { REPORT } from "./mount-script/report.ts";
import { STORE } from "./mount-script/store.ts";
import { quote } from "../ssh/quote.ts";

/** What a host must be told to mount the file system. In a hook, what is absent comes from the environment's properties. */
export interface MountParameters {
  /** `fs-…`. */
  readonly fileSystem?: string;
  /** Default `/efs`. */
  readonly mountPoint?: string;
  readonly region?: string;
  /** The store's directory, below the mount point. Default `MOUNTPOINT/models`. */
  readonly modelsRoot?: string;
  /** Who may write the store: the user that `push-model` logs in as. */
  readonly owner?: string;
  /** Who reads it, where the group exists. */
  readonly group?: string;
  /** `fsap-…`. */
  readonly accessPoint?: string;
  /** Mount with the instance's IAM role. */
  readonly iam?: boolean;
  /** Mounts by this address, where the VPC has no DNS. */
  readonly mountTargetIp?: string;
  /** Addresses of all mount targets: what is mounted from one of them is ours. */
  readonly mountTargets?: readonly string[];
  /** `efs` (TLS, the default) or `nfs4`, where amazon-efs-utils cannot be had. */
  readonly kind?: "efs" | "nfs4";
  /** How long DNS and port 2049 are waited for, in seconds. */
  readonly wait?: number;
  /** How long one mount may take, in seconds. */
  readonly mountLimit?: number;
  /** Seconds between two tries. */
  readonly pause?: number;
  /** `check` only looks. */
  readonly mode?: "mount" | "check";
}

const INTRODUCTION = `# Mounts an EFS file system at every boot and deployment, for bertops. It may run any number of times.
# One line a step, the last one machine-readable; every failure has its own exit code.
# Files are touched through ROOT_PREFIX (empty but for tests); mount and findmnt take paths as the host knows them.`;

/** The script that mounts the file system on a host, as root: `sh -s` reads it from standard input. */
export function mountScript(parameters: MountParameters): string {
  const body = [REPORT, LOOK, INSTALL, REACH, MOUNT, FSTAB_EDIT, FSTAB, STORE, MAIN].join("");
  return `#!/bin/sh\n${INTRODUCTION}\n${head(parameters)}${body}`;
}

/** The same script as a hook of the bundle: `.platform/hooks/prebuild/10_mount_efs.sh`, mode 0755. */
export function mountHook(parameters: MountParameters = {}): string {
  return mountScript({ wait: 240, ...parameters });
}

function head(parameters: MountParameters): string {
  const values: Record<string, string> = {
    FILE_SYSTEM: parameters.fileSystem ?? "",
    MOUNT_POINT: parameters.mountPoint ?? "",
    MODELS_ROOT: parameters.modelsRoot ?? "",
    REGION: parameters.region ?? "",
    OWNER: parameters.owner ?? "ec2-user",
    GROUP: parameters.group ?? "webapp",
    ACCESS_POINT: parameters.accessPoint ?? "",
    IAM: parameters.iam === true ? "yes" : "no",
    MOUNT_TARGET_IP: parameters.mountTargetIp ?? "",
    MOUNT_TARGETS: (parameters.mountTargets ?? []).join(" "),
    KIND: parameters.kind ?? "efs",
    WAIT: String(parameters.wait ?? 180),
    MOUNT_LIMIT: String(parameters.mountLimit ?? 90),
    PAUSE: String(parameters.pause ?? 3),
    MODE: parameters.mode ?? "mount",
  };
  const assignments = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
  return `${assignments.join("\n")}\n`;
}
