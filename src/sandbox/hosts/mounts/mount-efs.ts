import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fail } from "../calls/call.ts";
import type { Voice } from "../calls/call.ts";
import type { Inside } from "../calls/inside.ts";
import type { MountAnswer } from "../host.ts";
import { parseEfsRequest } from "./efs-request.ts";
import type { EfsRequest } from "./efs-request.ts";
import type { Mount } from "./mount-table.ts";

const MANUAL = "See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.";
const HINT =
  "Please retry in 5 minutes if the mount target is newly created. Otherwise check your VPC and security group configuration to ensure your file system is reachable via TCP port 2049 from your instance.";
const FIRST_PORT = 20_049;
const TRANSPORT =
  "rw,relatime,vers=4.1,rsize=1048576,wsize=1048576,namlen=255,hard,noresvport,proto=tcp".split(",");

/** What mount.efs does: the checks in its order, its texts and exit codes. */
export async function mountEfs(
  mount: { readonly source: string; readonly target: string; readonly options: readonly string[] },
  inside: Inside,
  voice: Voice,
): Promise<number> {
  const request = parseEfsRequest(mount.source, mount.options, inside.gates);
  if (typeof request === "string") return fail(voice, request);
  const answer = ask(inside, request);
  if (answer.state === "unknown-name") return unresolved(request, voice);
  if (answer.state === "refused") return refused(answer.message, voice);
  if (answer.state === "unreachable" && request.mountTargetIp !== undefined) {
    await patience(inside.patience.timeout, voice);
    const failed = `Failed to resolve "${request.dnsName}". Cannot connect to file system mount target ip address ${request.mountTargetIp}.`;
    voice.err(failed);
    return fail(voice, `Connection to the mount target IP address ${request.mountTargetIp} timeout. ${HINT}`);
  }
  const { target } = mount;
  if (inside.mounts.at(mount.target) !== undefined) {
    // Whatever is mounted there: the helper does not look which file system it is.
    voice.out(`${target} is already mounted, please run 'mount' command to verify`);
    return 0;
  }
  const place = inside.path(mount.target);
  if (!existsSync(place)) return fail(voice, `mount.nfs4: mount point ${target} does not exist`, 32);
  if (!statSync(place).isDirectory()) {
    return fail(voice, `mount.nfs4: mount point ${target} is not a directory`, 32);
  }
  const reached = await reach(answer, request, inside, voice);
  if (reached.state !== "ok")
    return fail(voice, "mount.nfs4: mount system call failed: Connection timed out", 32);
  const directory = join(reached.directory, request.subdirectory);
  const server = request.tls ? "127.0.0.1" : (request.mountTargetIp ?? request.dnsName);
  if (!existsSync(directory)) {
    const what = `mounting ${server}:${request.subdirectory} failed`;
    return fail(voice, `mount.nfs4: ${what}, reason given by server: No such file or directory`, 32);
  }
  if (!voice.listening()) return 1;
  await inside.machine.attach(directory, mount.target);
  inside.mounts.add(recorded(request, mount.target, directory, server, inside));
  return 0;
}

/** Waits and asks again, as long as the server does not answer. */
async function reach(
  first: MountAnswer,
  request: EfsRequest,
  inside: Inside,
  voice: Voice,
): Promise<MountAnswer> {
  let answer = first;
  const { attempts, timeout } = inside.patience;
  for (let attempt = 1; answer.state === "unreachable" && attempt <= attempts; attempt += 1) {
    await patience(timeout, voice);
    answer = ask(inside, request);
    if (answer.state !== "unreachable") break;
    const next = attempt < attempts ? ", wait 0 sec before next attempt." : ".";
    voice.err(`Mount attempt ${attempt}/${attempts} failed due to timeout after 15 sec${next}`);
  }
  return answer;
}

function ask(inside: Inside, request: EfsRequest): MountAnswer {
  return inside.gates.mount(inside.spec.instanceId, {
    fileSystemId: request.fileSystemId,
    iam: request.iam,
    ...(request.accessPointId === undefined ? {} : { accessPointId: request.accessPointId }),
    ...(request.mountTargetIp === undefined ? {} : { mountTargetIp: request.mountTargetIp }),
  });
}

function unresolved(request: EfsRequest, voice: Voice): number {
  voice.err(
    `Failed to resolve "${request.dnsName}" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.`,
  );
  return fail(voice, MANUAL);
}

/** The server's refusals pass through mount.nfs4; the helper's own (credentials) end it before. */
function refused(message: string, voice: Voice): number {
  return /AWS Access Key/u.test(message) ? fail(voice, message) : fail(voice, `mount.nfs4: ${message}`, 32);
}

/** Waits, unless the caller goes away. */
async function patience(milliseconds: number, voice: Voice): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal: voice.gone });
  } catch {
    // Gone: whoever waited no longer does.
  }
}

function recorded(
  request: EfsRequest,
  target: string,
  directory: string,
  server: string,
  inside: Inside,
): Mount {
  const port = FIRST_PORT + inside.mounts.mounts.length;
  const source = `${server}:${request.subdirectory}`;
  const local = request.tls ? [`port=${port}`] : [];
  const address = request.tls ? "127.0.0.1" : (request.mountTargetIp ?? inside.spec.privateIp);
  const options = [
    ...TRANSPORT,
    ...local,
    ...`timeo=600,retrans=2,sec=sys,clientaddr=${address},local_lock=none,addr=${address},_netdev`.split(","),
  ];
  const mount = {
    fileSystemId: request.fileSystemId,
    directory,
    target,
    source,
    type: "nfs4" as const,
    options,
  };
  if (!request.tls) return mount;
  const name = `${request.fileSystemId}.${target.replace(/^\//u, "").replaceAll("/", ".")}.${port}`;
  const stateFile = `/run/efs/${name}`;
  mkdirSync(dirname(inside.path(stateFile)), { recursive: true });
  const state = {
    pid: 2,
    cmd: ["/usr/bin/efs-proxy", `/var/run/efs/stunnel-config.${name}`, "--tls"],
    files: [`/var/run/efs/stunnel-config.${name}`],
    mount_time: Date.now() / 1000,
    mountpoint: target,
    ...(request.accessPointId === undefined ? {} : { accessPoint: request.accessPointId }),
  };
  writeFileSync(inside.path(stateFile), JSON.stringify(state), { mode: 0o644 });
  return { ...mount, stateFile };
}
