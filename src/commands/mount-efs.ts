import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { HostAccess } from "../operations/hosts/host-access.ts";
import type { MountResult } from "../operations/mount/mount.ts";
import type { MountParameters } from "../plan/mount-script.ts";
import type { CommandResult } from "../result.ts";
import type { Act, Invocation } from "./act.ts";
import { awsOf, configOf } from "./with-aws.ts";
import { addSshOptions, hostWords, sshOptions, textOf } from "./ssh-options.ts";

/** `bertops mount-efs`: mounts the file system on every instance, and checks that it is. */
export function mountEfs(program: Command, act: Act): void {
  const command = program
    .command("mount-efs")
    .description("mount the file system on every instance, now and at every boot")
    .option("--check", "only look; exit code 6 when something is amiss")
    .option("--file-system <id>", "the file system (with --host; default: the environment's)")
    .option("--mount-point <dir>", "where it is mounted (default: as the environment says, else /efs)")
    .option("--root <dir>", "the store's directory (default: MOUNTPOINT/models)")
    .option("--plain-nfs", "mount without amazon-efs-utils, and without encryption in transit")
    .addHelpText("after", EXAMPLES);
  act(addSshOptions(command), run, { changes: true });
}

const EXAMPLES = `
Examples:
  bertops mount-efs
  bertops mount-efs --check
  bertops mount-efs --instance i-0123456789abcdef0 --verbose
  bertops mount-efs --dry-run          prints the script that hosts would run
  bertops mount-efs --host ec2-user@10.0.0.7 \\
      --file-system fs-0123456789abcdef0 --region eu-central-1`;

/** How long DNS, ports and booting hosts are waited for, in milliseconds. */
const DEFAULT_WAIT = 180_000;

async function run(invocation: Invocation): Promise<CommandResult> {
  const { global, world, options } = invocation;
  const wait = global.timeout === undefined ? DEFAULT_WAIT : global.timeout * 0.8;
  const { hosts, parameters, ready } = await target(invocation, wait);
  const { mountScript } = await import("../plan/mount-script.ts");
  if (global.dryRun) {
    const script = mountScript(parameters);
    return {
      json: { dryRun: true, instances: hosts.map(({ id, host }) => ({ id, host })), script },
      lines: script.trimEnd().split("\n"),
    };
  }
  await ready();
  const { mountAll } = await import("../operations/mount/mount.ts");
  const result = await mountAll(hosts, {
    parameters: {
      ...parameters,
      mode: options["check"] === true ? "check" : "mount",
      wait: Math.ceil(wait / 1000),
    },
    modelsRoot: parameters.modelsRoot ?? "/efs/models",
    wait: options["check"] === true ? 0 : wait,
    emit: world.emit,
    signal: world.signal,
  });
  return present(result);
}

interface Target {
  readonly hosts: readonly HostAccess[];
  readonly parameters: MountParameters;
  /** Waits until the file system can be mounted. */
  readonly ready: () => Promise<void>;
}

async function target(invocation: Invocation, wait: number): Promise<Target> {
  const { options, global, world } = invocation;
  const words = hostWords(invocation);
  const { openBareHosts, openEnvironmentHosts } = await import("../operations/hosts/open-hosts.ts");
  const kind = options["plainNfs"] === true ? "nfs4" : "efs";
  if (words.length > 0) {
    const fileSystem = textOf(options["fileSystem"]);
    if (fileSystem === undefined || !/^fs-[0-9a-f]+$/u.test(fileSystem))
      throw new UserError({
        reason: "usage",
        message: "With --host, --file-system must say which file system to mount: fs-….",
        next: ["bertops mount-efs --help"],
        exitCode: EXIT.usage,
      });
    const places = placesOf(options, "/efs");
    const region = global.region ?? world.environment["AWS_REGION"];
    return {
      hosts: await openBareHosts(words, sshOptions(invocation)),
      parameters: { fileSystem, kind, ...places, ...(region === undefined ? {} : { region }) },
      ready: () => Promise.resolve(),
    };
  }
  const config = await configOf(invocation);
  const aws = await awsOf(config, invocation);
  const { hosts, located } = await openEnvironmentHosts(config, aws, sshOptions(invocation));
  const fileSystem = textOf(options["fileSystem"]) ?? located.fileSystem.id;
  return {
    hosts,
    parameters: {
      fileSystem,
      kind,
      region: aws.region,
      mountTargets: located.fileSystem.mountTargets.map(({ ip }) => ip).filter((ip) => ip !== ""),
      ...placesOf(options, located.fileSystem.mountPoint),
    },
    async ready() {
      if (options["check"] === true) return;
      const { waitForMountTargets } = await import("../operations/mount/wait-for-mount-targets.ts");
      const { emit, signal } = world;
      await waitForMountTargets(aws.fileSystems, {
        fileSystem,
        wait,
        pause: aws.local ? 200 : 3000,
        emit,
        signal,
      });
    },
  };
}

function placesOf(
  options: Invocation["options"],
  fallback: string,
): { readonly mountPoint: string; readonly modelsRoot: string } {
  const mountPoint = (textOf(options["mountPoint"]) ?? fallback).replace(/(?<=.)\/+$/u, "");
  const modelsRoot = textOf(options["root"]) ?? `${mountPoint}/models`;
  if (/^(?:\/[A-Za-z0-9._-]+)+$/u.test(mountPoint) && modelsRoot.startsWith(`${mountPoint}/`))
    return { mountPoint, modelsRoot };
  throw new UserError({
    reason: "usage",
    message: `${mountPoint} and ${modelsRoot} cannot be a mount point and a store below it.`,
    hint: "Use absolute paths such as /efs and /efs/models.",
    exitCode: EXIT.usage,
  });
}

function present({ instances, exitCode }: MountResult): CommandResult {
  const failed = instances.filter(({ state }) => state === "failed");
  return {
    json: {
      instances: instances.map(({ error: _error, fstab, fstabLine, ...instance }) => ({
        ...instance,
        fstab: fstabLine,
        fstabState: fstab,
      })),
    },
    lines: [
      ...instances.flatMap(({ id, host, state, message, remedy, fileSystem }) => [
        `${state === "failed" ? "FAILED " : ""}${id}  ${host}  ${message ?? `${state}: ${fileSystem}`}`,
        ...(remedy === undefined || remedy === "" ? [] : [`  ${remedy}`]),
      ]),
      failed.length === 0
        ? `Mounted on ${instances.length} of ${instances.length}${instances.every(isUnchanged) ? ", nothing changed" : ""}. Next: bertops push-model DIR`
        : `Mounted on ${instances.length - failed.length} of ${instances.length}. When the cause is mended: bertops mount-efs`,
    ],
    exitCode,
  };
}

function isUnchanged({ state, fstab }: MountResult["instances"][number]): boolean {
  return state === "already-mounted" && fstab === "unchanged";
}
