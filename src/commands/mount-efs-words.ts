import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { MountParameters } from "../plan/mount-script.ts";
import type { Invocation } from "./act.ts";
import { textOf } from "./option-values.ts";

/** What the command line of `mount-efs` says, checked. */
export interface MountWords {
  readonly mode: NonNullable<MountParameters["mode"]>;
  readonly kind: MountParameters["kind"];
  readonly fileSystem: string | undefined;
  /** A package's file on this machine. */
  readonly packageFile: string | undefined;
  /** The script's parameters; the mount point is the one given here where the command line names none. */
  parameters(mountPoint: string): MountParameters;
}

/** Reads the flags of `mount-efs`; throws a UserError where they cannot be meant so. */
export function readMountWords({ options, world }: Invocation): MountWords {
  const text = (name: string): string | undefined => textOf(options[name]);
  const fileSystem = checked(
    "--file-system",
    text("fileSystem"),
    /^fs-[0-9a-f]+$/u,
    "an id such as fs-0123456789abcdef0",
  );
  const accessPoint = checked(
    "--access-point",
    text("accessPoint"),
    /^fsap-[0-9a-f]+$/u,
    "an id such as fsap-0123456789abcdef0",
  );
  const mountTargetIp = checked(
    "--mount-target-ip",
    text("mountTargetIp"),
    /^[0-9a-f.:]{2,45}$/u,
    "an address such as 10.0.1.5",
  );
  const replace = checked(
    "--replace",
    text("replace"),
    /^[A-Za-z0-9.:/_-]+$/u,
    "a file system's id, or the source that findmnt shows",
  );
  const packageFile = checked(
    "--package",
    text("package"),
    /\.(?:rpm|deb)$/u,
    "the name of an .rpm or .deb file",
  );
  const mode = modeOf(options);
  const { kind, ifNeeded } = kindOf(options);
  if (kind === "nfs4" && (accessPoint !== undefined || options["iam"] === true))
    throw usage("--access-point and --iam need amazon-efs-utils and TLS; --plain-nfs has neither.");
  if (replace !== undefined && mode !== "remount" && mode !== "unmount")
    throw usage("--replace names what --remount or --unmount may take away.");
  if (options["force"] === true && mode !== "remount" && mode !== "unmount")
    throw usage("--force is for --unmount and --remount.");
  return {
    mode,
    kind,
    fileSystem,
    packageFile: packageFile === undefined ? undefined : path.resolve(world.cwd, packageFile),
    parameters: (mountPoint) => ({
      ...placesOf(text("mountPoint") ?? mountPoint, text("root")),
      mode,
      ...(kind === undefined ? {} : { kind }),
      ...(ifNeeded ? { plainNfsIfNeeded: true } : {}),
      ...(accessPoint === undefined ? {} : { accessPoint }),
      ...(mountTargetIp === undefined ? {} : { mountTargetIp }),
      ...(replace === undefined ? {} : { replace }),
      ...(options["iam"] === true ? { iam: true } : {}),
      ...(options["force"] === true ? { force: true } : {}),
    }),
  };
}

function modeOf(options: Invocation["options"]): MountWords["mode"] {
  const asked = (["check", "unmount", "remount"] as const).filter((name) => options[name] === true);
  if (asked.length > 1) throw usage(`--${asked.join(" and --")} exclude each other.`);
  return asked[0] ?? "mount";
}

function kindOf(options: Invocation["options"]): {
  readonly kind: MountParameters["kind"];
  readonly ifNeeded: boolean;
} {
  const plain = options["plainNfs"];
  const s3 = options["s3Files"] === true;
  if (plain !== undefined && s3) throw usage("--plain-nfs and --s3-files exclude each other.");
  if (plain === "if-needed") return { kind: "efs", ifNeeded: true };
  if (plain === true || plain === "always") return { kind: "nfs4", ifNeeded: false };
  if (plain !== undefined)
    throw usage(`--plain-nfs takes always or if-needed; not ${JSON.stringify(plain)}.`);
  return { kind: s3 ? "s3files" : undefined, ifNeeded: false };
}

function placesOf(
  mountPoint: string,
  root: string | undefined,
): { readonly mountPoint: string; readonly modelsRoot: string } {
  const point = mountPoint.replace(/(?<=.)\/+$/u, "");
  const modelsRoot = root ?? `${point}/models`;
  const plain = /^(?:\/[A-Za-z0-9._-]+)+$/u;
  if (plain.test(point) && plain.test(modelsRoot) && modelsRoot.startsWith(`${point}/`))
    return { mountPoint: point, modelsRoot };
  throw usage(
    `${point} and ${modelsRoot} cannot be a mount point and a store below it.`,
    "Use absolute paths such as /efs and /efs/models.",
  );
}

function checked(
  flag: string,
  value: string | undefined,
  pattern: RegExp,
  allowed: string,
): string | undefined {
  if (value === undefined || pattern.test(value)) return value;
  throw usage(`${flag} takes ${allowed}; not ${JSON.stringify(value)}.`);
}

function usage(message: string, hint?: string): UserError {
  return new UserError({
    reason: "usage",
    message,
    ...(hint === undefined ? {} : { hint }),
    next: ["bertops mount-efs --help"],
    exitCode: EXIT.usage,
  });
}
