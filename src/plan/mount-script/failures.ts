import { quote } from "../../ssh/quote.ts";

/** A way in which the mount script can end badly. The messages name what was met; this is what always holds. */
export interface MountFailure {
  /** The script's exit code. */
  readonly code: number;
  /** The stable word for scripts, in kebab case. */
  readonly reason: string;
  /** What it means, in a few words. */
  readonly means: string;
  /** What mends it. */
  readonly remedy: string;
  /** The command to type next. */
  readonly next: string;
}

const AGAIN = "bertops mount-efs";
const DOCTOR = "bertops doctor";
const REMOUNT = "bertops mount-efs --remount";
const LOGS = "See /var/log/amazon/efs/mount.log on the host.";

/** Every failure of the mount script, by exit code. `docs/mounting.md` lists the same. */
export const MOUNT_FAILURES: readonly MountFailure[] = [
  row(
    10,
    "no-file-system",
    "no file system id, or not one",
    "Set it with bertops init or bertops deploy, or say --file-system fs-….",
    "bertops plan",
  ),
  row(
    11,
    "other-file-system",
    "another file system is mounted there",
    "Unmount it first, choose another mount point, or name it after --replace.",
    REMOUNT,
  ),
  row(
    12,
    "unknown-file-system",
    "something is mounted there of which nothing says what it is",
    "Unmount it first, choose another mount point, or name its source after --replace.",
    REMOUNT,
  ),
  row(
    13,
    "not-root",
    "the script does not run as root",
    "Let the user run sudo, or log in as root.",
    "bertops mount-efs --ssh-user root",
  ),
  row(
    14,
    "already-running",
    "another run of the script on the host does not end",
    "Wait for it, then run the same command again.",
    AGAIN,
  ),
  row(
    15,
    "bad-mount-point",
    "the mount point is not an absolute path of plain characters",
    "Use an absolute path such as /efs.",
    "bertops mount-efs --mount-point /efs",
  ),
  row(
    16,
    "bad-store",
    "the store is not below the mount point",
    "Put the store below the mount point.",
    "bertops mount-efs --root /efs/models",
  ),
  row(
    17,
    "bad-access-point",
    "not an access point's id, or one where TLS is not used",
    "An access point is fsap-…, and needs amazon-efs-utils.",
    "bertops mount-efs --access-point fsap-…",
  ),
  row(
    18,
    "other-access-point",
    "the right file system, through another access point",
    "Mount it again with the right one.",
    REMOUNT,
  ),
  row(
    19,
    "out-of-time",
    "the time given with --timeout was used up",
    "Run the same command again, it continues; or give it more time.",
    "bertops mount-efs --timeout 10m",
  ),
  row(
    20,
    "no-package",
    "the host's repositories have no such package",
    "Give the package's file (--package FILE; see github.com/aws/efs-utils), or mount with plain NFS (--plain-nfs, no encryption in transit).",
    "bertops mount-efs --plain-nfs",
  ),
  row(
    21,
    "install-failed",
    "the package could not be installed",
    "Check that the host reaches its package repositories, then run the same command again.",
    AGAIN,
  ),
  row(
    22,
    "no-package-manager",
    "no dnf, yum, apt-get or zypper on the host",
    "Install the package by hand, then run the same command again.",
    AGAIN,
  ),
  row(
    23,
    "package-manager-busy",
    "another program holds the package manager's lock",
    "See what installs there (a first boot's updates take minutes), then run the same command again.",
    AGAIN,
  ),
  row(
    24,
    "bad-package",
    "the file after --package could not be installed",
    "Check that it is made for this host's distribution and architecture.",
    AGAIN,
  ),
  row(
    25,
    "old-package",
    "amazon-efs-utils is installed but too old for this kind of mount",
    "Upgrade amazon-efs-utils on the host; S3 Files need 3.0 or newer.",
    AGAIN,
  ),
  row(
    30,
    "no-dns",
    "the file system's name does not resolve",
    "Check the file system's id, that it has a mount target in this instance's zone, and that the VPC has DNS support and DNS hostnames; or mount by address (--mount-target-ip).",
    DOCTOR,
  ),
  row(
    31,
    "unreachable",
    "port 2049 does not answer",
    "Let the instances' security group into the mount targets' security group on port 2049.",
    DOCTOR,
  ),
  row(
    32,
    "no-region",
    "the mount helper cannot tell the region",
    "Say it with --region.",
    "bertops mount-efs --region eu-west-1",
  ),
  row(
    40,
    "mount-failed",
    "mount failed for a reason that is not in this table",
    LOGS,
    "bertops mount-efs --verbose",
  ),
  row(
    41,
    "no-mount-point",
    "the mount point cannot be created",
    "Create it by hand, or see why the disk refuses it.",
    AGAIN,
  ),
  row(
    42,
    "hung",
    "mounted, but the server does not answer",
    "See the mount targets and their security group, and /var/log/amazon/efs on the host. It goes on by itself when the server is back.",
    DOCTOR,
  ),
  row(43, "vanished", "mount succeeded, but nothing is mounted", LOGS, "bertops mount-efs --verbose"),
  row(
    44,
    "no-instance-credentials",
    "iam was asked for, and the instance has no credentials",
    "Give the instances an instance profile with elasticfilesystem:ClientMount and ClientWrite, or mount without --iam.",
    DOCTOR,
  ),
  row(
    45,
    "no-directory",
    "the directory to mount does not exist on the file system",
    "Create it there, or mount the root directory.",
    AGAIN,
  ),
  row(
    46,
    "denied",
    "the server refuses the mount",
    "Check the file system's policy, the access point and the instance profile.",
    DOCTOR,
  ),
  row(
    47,
    "iam-needs-tls",
    "iam without tls",
    "Mount with amazon-efs-utils and TLS, or without --iam.",
    AGAIN,
  ),
  row(
    48,
    "no-nfs",
    "the host's kernel or tools know no NFS",
    "Install nfs-utils or nfs-common, and a kernel with NFS 4.",
    AGAIN,
  ),
  row(
    49,
    "no-stunnel",
    "amazon-efs-utils finds no stunnel",
    "Install stunnel (stunnel5 on Amazon Linux 2), then run the same command again.",
    AGAIN,
  ),
  row(
    50,
    "not-writable",
    "a file that was written cannot be read back",
    "See the file system's policy and the access point's user; root must be allowed to write.",
    DOCTOR,
  ),
  row(
    60,
    "fstab-unwritable",
    "/etc/fstab cannot be replaced",
    "See that /etc is writable and has space.",
    AGAIN,
  ),
  row(
    61,
    "fstab-taken",
    "/etc/fstab mounts another kind of disk there",
    "Remove that line, or choose another mount point.",
    "bertops mount-efs --mount-point /mnt/efs",
  ),
  row(
    62,
    "boot-unit-unwritable",
    "the unit that mounts after a boot cannot be written",
    "See that /etc/systemd/system and /usr/local/sbin are writable.",
    AGAIN,
  ),
  row(
    70,
    "no-store",
    "the store's directory cannot be created",
    "See the file system's policy and the access point's user; root must be allowed to write.",
    DOCTOR,
  ),
  row(
    71,
    "busy",
    "programs use the file system",
    "End what uses it (or let it finish), then run the same command again; --force detaches it from under them.",
    "bertops ssh",
  ),
  row(
    72,
    "unmount-hung",
    "umount does not come back: the server is gone",
    "Wait for the server, or detach it with --force.",
    "bertops mount-efs --unmount --force",
  ),
  row(73, "unmount-failed", "umount failed", "See what it said, on the host.", "bertops ssh"),
  row(
    74,
    "store-not-writable",
    "the login user may not write the store",
    "See the access point's user and the file system's policy: models are pushed as this user.",
    DOCTOR,
  ),
  row(
    75,
    "store-not-readable",
    "the service's user may not read the store",
    "See the access point's user and the directories' modes: the service reads models as this user.",
    DOCTOR,
  ),
  row(80, "not-mounted", "nothing is mounted there (--check)", "Mount it.", AGAIN),
  row(
    82,
    "no-fstab",
    "/etc/fstab has no line for it: gone after a reboot (--check)",
    "Let bertops write it.",
    AGAIN,
  ),
  row(
    83,
    "no-store-directory",
    "mounted, but the store's directory does not exist (--check)",
    "Let bertops make it.",
    AGAIN,
  ),
  row(
    84,
    "no-boot-unit",
    "nothing mounts it when a boot could not (--check)",
    "Let bertops write the unit.",
    AGAIN,
  ),
  row(
    90,
    "interrupted",
    "somebody ended the script (a signal, a shutdown)",
    "What it had changed was taken back; run the same command again.",
    AGAIN,
  ),
];

function row(code: number, reason: string, means: string, remedy: string, next: string): MountFailure {
  return { code, reason, means, remedy, next };
}

/** The failure that this word stands for. */
export function mountFailure(reason: string): MountFailure | undefined {
  return MOUNT_FAILURES.find((one) => one.reason === reason);
}

/** The same table for the script: `failure_of REASON` sets EXIT and REMEDY. */
export const FAILURES = `
failure_of() { # REASON: sets EXIT and REMEDY
  case $1 in
${MOUNT_FAILURES.map(({ code, reason, remedy }) => `    ${reason}) EXIT=${code} REMEDY=${quote(remedy)} ;;`).join("\n")}
    *) EXIT=1 REMEDY='' ;;
  esac
}
`;
