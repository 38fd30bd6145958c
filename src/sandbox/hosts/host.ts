import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";

/**
 * How instances are kept apart. `namespaces`: own root and real users (Linux, root). `user-namespaces`: own root, one
 * real uid behind all user names. `prefix`: no namespace, each instance a directory, its programs first in PATH.
 */
export type Isolation = "namespaces" | "user-namespaces" | "prefix";

export interface HostSpec {
  readonly instanceId: string;
  readonly hostname: string;
  readonly privateIp: string;
  readonly availabilityZone: string;
  /** False: its SSH server has no address, and only `connect` reaches it. */
  readonly isPublic?: boolean;
}

export interface ExecOptions {
  /** `root`, `ec2-user` or `webapp`. */
  readonly user: string;
  /** A directory inside the instance. */
  readonly cwd?: string;
  /** Added to the user's login environment; values that are paths of the instance stay as they are. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running instance, as the rest of the sandbox sees it. */
export interface Host {
  readonly instanceId: string;
  /** The address that its SSH server and its proxy can be reached at from this machine. */
  readonly address: string;
  /** Aborted when the instance goes down; after a boot it is another one. */
  readonly up: AbortSignal;
  /** `ssh-ed25519 AAAA… root@hostname` lines. */
  readonly hostKeys: readonly string[];
  /** What the instance's console shows so far, with the host keys once it has booted. */
  consoleOutput(): string;
  /** Where a path of the instance (`/var/app/current`) lies on this machine. */
  path(inside: string): string;
  /** Starts a program inside the instance; stdio is piped. The child's whole process group ends with `kill`. */
  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess;
  /** Runs at every boot from the next one on, after fstab's file systems have been tried. */
  onBoot(run: () => Promise<void>): void;
  /** Hands a connection to its SSH server, as if it came from this address; one that no group admits hears nothing. */
  connect(stream: Duplex, source: string): void;
  /** Ends every process of the instance, unmounts what fstab does not hold, boots again (fstab, services). */
  reboot(): Promise<void>;
  /** Ends every process and removes the root. */
  terminate(): Promise<void>;
}

/** What a mount request of an instance meets: the state of mount targets, DNS and security groups decides. */
export type MountAnswer =
  | { readonly state: "ok"; readonly directory: string; readonly ip?: string }
  | { readonly state: "unknown-name" }
  | { readonly state: "unreachable"; readonly ip?: string }
  | { readonly state: "refused"; readonly message: string };

/** What an instance wants to mount, or only to reach. */
export interface MountRequest {
  /** Empty when somebody knocks at a mount target's address without naming the file system. */
  readonly fileSystemId: string;
  readonly accessPointId?: string;
  readonly mountTargetIp?: string;
  /** With the credentials of the instance's role. */
  readonly iam?: boolean;
}

/** What hosts ask the region for; the region implements it. */
export interface HostGates {
  /** OpenSSH public keys that may log in now: the key pair, and Instance Connect keys younger than 60 s. */
  authorizedKeys(instanceId: string, user: string): readonly string[];
  /** Do the instance's security groups admit this source on this port? */
  admits(instanceId: string, port: number, sourceAddress: string): boolean;
  /** May this instance mount this file system now, and which directory of this machine is it? */
  mount(instanceId: string, request: MountRequest): MountAnswer;
  /** The region's name, for what instance metadata would answer. */
  readonly regionName: string;
}

/** Starts instances. Opened once per sandbox by `openHosts`. */
export interface Hosts {
  readonly isolation: Isolation;
  launch(spec: HostSpec): Promise<Host>;
  /** The port that SSH servers of instances listen on, the same for all of them. */
  readonly sshPort: number;
  /** The way in where an instance can't have a loopback address of its own (macOS): through here to its private address. */
  readonly jump?: JumpHost;
  close(): Promise<void>;
}

/** An SSH server that passes connections on to instances, and nothing else. */
export interface JumpHost {
  readonly address: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…` lines. */
  readonly hostKeys: readonly string[];
}
