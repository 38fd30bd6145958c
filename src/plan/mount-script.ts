import { BOOT } from "./mount-script/boot.ts";
import { CHECK } from "./mount-script/check.ts";
import { FAILURES } from "./mount-script/failures.ts";
import { FSTAB, FSTAB_EDIT } from "./mount-script/fstab.ts";
import { INSTALL } from "./mount-script/install.ts";
import { LOOK } from "./mount-script/look.ts";
import { MAIN, PARAMETERS } from "./mount-script/main.ts";
import { MOUNT } from "./mount-script/mount.ts";
import { PORT_OPEN, REACH } from "./mount-script/reach.ts";
import { READ_AHEAD } from "./mount-script/read-ahead.ts";
import { BOUNDED, CAPTURED, REPORT } from "./mount-script/report.ts";
import { STORE } from "./mount-script/store.ts";
import { UNMOUNT } from "./mount-script/unmount.ts";
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
  /** `efs` (amazon-efs-utils, TLS; the default), `nfs4` where that cannot be had, or `s3files` (a file system over a bucket). */
  readonly kind?: "efs" | "nfs4" | "s3files";
  /** Where amazon-efs-utils cannot be installed, mount with plain NFS, without encryption in transit. */
  readonly plainNfsIfNeeded?: boolean;
  /** A package's file on the host, which is installed in place of the repositories' amazon-efs-utils. */
  readonly package?: string;
  /** What may be mounted there now and give way: a file system's id, or the source that findmnt shows. */
  readonly replace?: string;
  /** Unmounts from under programs that use it, or whose server is gone. */
  readonly force?: boolean;
  /** How long DNS and port 2049 are waited for, in seconds. */
  readonly wait?: number;
  /** How long one mount may take, in seconds. */
  readonly mountLimit?: number;
  /** How long a mounted file system may take to answer, in seconds; an unmount has three times that. */
  readonly answer?: number;
  /** How long all of it may take, in seconds; taking back what was changed has a minute more. */
  readonly limit?: number;
  /** Seconds between two tries. */
  readonly pause?: number;
  /** `check` only looks; `unmount` takes mount, fstab line and boot unit away; `remount` mounts anew. */
  readonly mode?: "mount" | "check" | "unmount" | "remount";
}

const INTRODUCTION = `# Mounts an EFS file system at every boot and deployment, for bertops. It may run any number of times.
# One line a step, the last one machine-readable; every failure has its own exit code.
# Files are touched through ROOT_PREFIX (empty but for tests); mount and findmnt take paths as the host knows them.`;

const BODY = [
  REPORT,
  BOUNDED,
  CAPTURED,
  FAILURES,
  PARAMETERS,
  LOOK,
  INSTALL,
  PORT_OPEN,
  REACH,
  MOUNT,
  STORE,
  READ_AHEAD,
  FSTAB_EDIT,
  FSTAB,
  BOOT,
  UNMOUNT,
  CHECK,
  MAIN,
].join("");

/** The script that mounts the file system on a host, as root: `sh -s` reads it from standard input. */
export function mountScript(parameters: MountParameters): string {
  return `#!/bin/sh\n${INTRODUCTION}\n${head(parameters)}${BODY}`;
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
    IAM: parameters.iam === undefined ? "" : parameters.iam ? "yes" : "no",
    MOUNT_TARGET_IP: parameters.mountTargetIp ?? "",
    MOUNT_TARGETS: (parameters.mountTargets ?? []).join(" "),
    KIND: parameters.kind ?? "",
    PLAIN_NFS: parameters.plainNfsIfNeeded === true ? "if-needed" : "no",
    PACKAGE: parameters.package ?? "",
    REPLACE: parameters.replace ?? "",
    FORCE: parameters.force === true ? "yes" : "no",
    WAIT: String(parameters.wait ?? 180),
    MOUNT_LIMIT: String(parameters.mountLimit ?? 90),
    ANSWER: String(parameters.answer ?? 10),
    LIMIT: String(parameters.limit ?? 900),
    PAUSE: String(parameters.pause ?? 3),
    MODE: parameters.mode ?? "mount",
  };
  const assignments = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
  return `${assignments.join("\n")}\n`;
}
