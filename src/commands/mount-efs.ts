import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { HostAccess } from "../operations/hosts/host-access.ts";
import type { CommandResult } from "../result.ts";
import type { MountParameters } from "../plan/mount-script.ts";
import type { Act, Invocation } from "./act.ts";
import { presentMount } from "./mount-efs-answer.ts";
import { type MountWords, readMountWords } from "./mount-efs-words.ts";
import { addSshOptions, addSudoOptions, hostWords, sshOptions } from "./ssh-options.ts";
import { awsOf, configOf } from "./with-aws.ts";

/** `bertops mount-efs`: mounts the file system on every instance, and checks that it is. */
export function mountEfs(program: Command, act: Act): void {
  const command = program
    .command("mount-efs")
    .description("mount the file system on every instance, now and at every boot")
    .option("--check", "only look; exit code 6 when something is amiss")
    .option("--unmount", "take mount, fstab line and boot unit away; the data stay")
    .option("--remount", "unmount and mount anew, with these options")
    .option("--replace <id>", "with --remount: the other file system that gives way")
    .option("--force", "unmount from under programs that use it, or whose server is gone")
    .option("--file-system <id>", "the file system (with --host; default: the environment's)")
    .option("--mount-point <dir>", "where it is mounted (default: as the environment says, else /efs)")
    .option("--root <dir>", "the store's directory (default: MOUNTPOINT/models)")
    .option("--access-point <id>", "mount through this access point: fsap-…")
    .option("--iam", "mount with the instances' IAM role")
    .option("--mount-target-ip <address>", "mount by this address, where the VPC has no DNS")
    .option("--package <file>", "install amazon-efs-utils from this .rpm or .deb of yours")
    .option("--plain-nfs [when]", "without amazon-efs-utils and encryption in transit: always, if-needed")
    .option("--s3-files", "the file system is one of S3 Files (mount -t s3files)")
    .addHelpText("after", EXAMPLES);
  act(addSudoOptions(addSshOptions(command)), run, { changes: true });
}

const EXAMPLES = `
Examples:
  bertops mount-efs
  bertops mount-efs --check
  bertops mount-efs --instance i-0123456789abcdef0 --verbose
  bertops mount-efs --remount --iam --access-point fsap-0123456789abcdef0
  bertops mount-efs --unmount --yes
  bertops mount-efs --env made-by-hand --file-system fs-0123456789abcdef0
  bertops mount-efs --dry-run          prints the script that hosts would run
  bertops mount-efs --host ec2-user@10.0.0.7 \\
      --file-system fs-0123456789abcdef0 --region eu-central-1`;

/** How long DNS, ports and booting hosts are waited for at most, and all of it, in milliseconds. */
const WAIT = 180_000;
const LIMIT = 900_000;

async function run(invocation: Invocation): Promise<CommandResult> {
  const { global, world } = invocation;
  const limit = global.timeout ?? LIMIT;
  const deadline = Date.now() + limit;
  // What is waited for leaves time to say what it did not come to.
  const wait = Math.min(WAIT, limit * 0.8);
  const words = readMountWords(invocation);
  const { hosts, parameters, ready } = await target(invocation, words, wait);
  if (global.dryRun) {
    const { mountScript } = await import("../plan/mount-script.ts");
    const script = mountScript(parameters);
    return {
      json: { dryRun: true, instances: hosts.map(({ id, host }) => ({ id, host })), script },
      lines: script.trimEnd().split("\n"),
    };
  }
  await agree(invocation, parameters, hosts.length);
  const passwords = await sudoPasswordsOf(invocation, hosts);
  await ready();
  const { mountAll } = await import("../operations/mount/mount.ts");
  const left = deadline - Date.now();
  const result = await mountAll(hosts, {
    parameters: { ...parameters, wait: Math.ceil(Math.min(wait, left * 0.8) / 1000) },
    ...(words.packageFile === undefined ? {} : { packageFile: words.packageFile }),
    wait: words.mode === "check" ? 0 : Math.min(wait, left),
    limit: left,
    passwords,
    emit: world.emit,
    signal: world.signal,
  });
  return presentMount(result, words.mode);
}

/** For hosts whose sudo asks; the person is asked now where they said so, so that nobody has to wait for it. */
async function sudoPasswordsOf({ options, world }: Invocation, hosts: readonly HostAccess[]) {
  const { sudoPasswords } = await import("../operations/hosts/sudo-passwords.ts");
  const passwords = sudoPasswords({ ask: world.ask, given: world.environment["BERTOPS_SUDO_PASSWORD"] });
  if (options["askSudoPassword"] === true)
    for (const user of new Set(hosts.map((host) => host.user))) await passwords.ask(user);
  return passwords;
}

/** Unmounting leaves services without their models: that is asked first. */
async function agree({ world }: Invocation, { mode, mountPoint }: MountParameters, hosts: number) {
  if (mode !== "unmount") return;
  const message = `Unmount ${mountPoint ?? "/efs"} on ${hosts === 1 ? "one host" : `${hosts} hosts`}? Services there lose their models; the data stay.`;
  if (await world.ask.confirm({ message, flag: "--yes" })) return;
  throw new UserError({ reason: "cancelled", message: "Nothing was changed.", exitCode: EXIT.cancelled });
}

interface Target {
  readonly hosts: readonly HostAccess[];
  readonly parameters: MountParameters;
  /** Waits until the file system can be mounted. */
  readonly ready: () => Promise<void>;
}

async function target(invocation: Invocation, words: MountWords, wait: number): Promise<Target> {
  const { global, world } = invocation;
  const { openBareHosts, openEnvironmentHosts } = await import("../operations/hosts/open-hosts.ts");
  const named = hostWords(invocation);
  if (named.length > 0) {
    if (words.fileSystem === undefined)
      throw new UserError({
        reason: "usage",
        message: "With --host, --file-system must say which file system to mount: fs-….",
        next: ["bertops mount-efs --help"],
        exitCode: EXIT.usage,
      });
    const region = global.region ?? world.environment["AWS_REGION"];
    return {
      hosts: await openBareHosts(named, sshOptions(invocation)),
      parameters: {
        ...words.parameters("/efs"),
        fileSystem: words.fileSystem,
        ...(region === undefined ? {} : { region }),
      },
      ready: () => Promise.resolve(),
    };
  }
  const config = await configOf(invocation);
  const aws = await awsOf(config, invocation);
  const { locate, locateStore } = await import("../operations/locate.ts");
  // EFS's own API knows nothing of file systems of S3 Files.
  const ofEfs = words.kind !== "s3files" || words.fileSystem === undefined;
  const located = ofEfs ? await locate(config, aws, words.fileSystem) : undefined;
  const place = located ?? (await locateStore(config, aws));
  const { hosts, instances } = await openEnvironmentHosts(config, aws, sshOptions(invocation), place);
  const fileSystem = located?.fileSystem.id ?? words.fileSystem ?? "";
  return {
    hosts,
    parameters: {
      ...words.parameters(place.mountPoint),
      fileSystem,
      region: aws.region,
      mountTargets: (located?.fileSystem.mountTargets ?? []).map(({ ip }) => ip).filter((ip) => ip !== ""),
    },
    async ready() {
      if (words.kind === "s3files" || words.mode === "check" || words.mode === "unmount") return;
      const { waitForMountTargets } = await import("../operations/mount/wait-for-mount-targets.ts");
      const { emit, signal } = world;
      const pause = aws.local ? 200 : 3000;
      await waitForMountTargets(aws.fileSystems, { fileSystem, wait, pause, emit, signal });
      const { admitNfs } = await import("../operations/mount/admit-nfs.ts");
      const environmentName = place.environment.name;
      await admitNfs(aws, { fileSystem, environmentName, instances, ask: world.ask, emit });
    },
  };
}
