import type { ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Duplex } from "node:stream";
import { Control } from "./calls/control.ts";
import type { Inside, MountPatience } from "./calls/inside.ts";
import { mountAll } from "./calls/mount.ts";
import { PREINSTALLED } from "./calls/packages.ts";
import { Console } from "./console.ts";
import type { ExecOptions, Host, HostGates, HostSpec } from "./host.ts";
import type { Machine } from "./machine.ts";
import { MountTable } from "./mounts/mount-table.ts";
import { emptyVolatile } from "./root.ts";
import { makeHostKeys, writeHostKeys } from "./ssh/host-keys.ts";
import type { HostKey } from "./ssh/host-keys.ts";
import { SshServer } from "./ssh/ssh-server.ts";

/** What an instance is made of. */
export interface InstanceParts {
  readonly spec: HostSpec;
  readonly gates: HostGates;
  readonly machine: Machine;
  /** Its directory on this machine, which `terminate` removes. */
  readonly directory: string;
  readonly address: string;
  /** Where its SSH server listens; without a port only `connect` reaches it. */
  readonly sshPort?: number;
  readonly patience: MountPatience;
  /** Milliseconds from a boot to the host keys on the console. */
  readonly consoleDelay: number;
  readonly onTerminated: () => void;
}

/** A running instance. */
export class Instance implements Host {
  readonly instanceId: string;
  readonly address: string;
  readonly hostKeys: readonly string[];
  readonly #parts: InstanceParts;
  readonly #console = new Console();
  readonly #keys: readonly HostKey[];
  readonly #ssh: SshServer;
  readonly #inside: Inside;
  readonly #control: Control;
  readonly #services: (() => Promise<void>)[] = [];
  #keysShown: NodeJS.Timeout | undefined;
  /** One change of state after the other. */
  #last: Promise<void> = Promise.resolve();
  #packageLock: Promise<unknown> = Promise.resolve();
  #terminated = false;
  #down = new AbortController();

  constructor(parts: InstanceParts) {
    const { spec, gates, machine } = parts;
    this.#parts = parts;
    this.instanceId = spec.instanceId;
    this.address = parts.address;
    this.#keys = makeHostKeys(spec.hostname);
    this.hostKeys = this.#keys.map((key) => key.public);
    writeHostKeys(machine.root, this.#keys);
    this.#inside = {
      spec,
      machine,
      gates,
      mounts: new MountTable(),
      packages: new Set(PREINSTALLED),
      patience: parts.patience,
      path: (inside) => this.path(inside),
      exclusively: (work) => this.#exclusively(work),
      scheduleReboot: () => void setTimeout(() => void this.reboot().catch(() => undefined), 50),
    };
    this.#control = new Control(this.#inside);
    this.#ssh = new SshServer({
      hostKeys: this.#keys,
      authorizedKeys: (user) => gates.authorizedKeys(spec.instanceId, user),
      admits: (source) => gates.admits(spec.instanceId, 22, source),
      start: (argv, { user, env }) => machine.spawn(argv, { user, env }),
    });
  }

  get up(): AbortSignal {
    return this.#down.signal;
  }

  consoleOutput(): string {
    return this.#console.text;
  }

  path(inside: string): string {
    const path = posix.resolve("/", inside);
    const mount = this.#inside.mounts.holding(path);
    if (mount !== undefined) return join(mount.directory, path.slice(mount.target.length));
    return join(this.#parts.machine.root, path);
  }

  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess {
    return this.#parts.machine.spawn(argv, options);
  }

  onBoot(run: () => Promise<void>): void {
    this.#services.push(run);
  }

  /** Hands a connection to the instance's SSH server, from this source. */
  connect(stream: Duplex, source: string): void {
    this.#ssh.take(stream, source);
  }

  /** The first boot, and every other. */
  boot(): Promise<void> {
    return this.#change(() => this.#boot());
  }

  reboot(): Promise<void> {
    return this.#change(async () => {
      if (this.#terminated) return;
      await this.#halt();
      emptyVolatile(this.#parts.machine.root, this.#parts.machine.realUsers);
      await this.#boot();
      for (const run of this.#services) await run();
    });
  }

  terminate(): Promise<void> {
    return this.#change(async () => {
      if (this.#terminated) return;
      this.#terminated = true;
      await this.#halt();
      await rm(this.#parts.directory, { recursive: true, force: true, maxRetries: 5 });
      this.#parts.onTerminated();
    });
  }

  async #boot(): Promise<void> {
    const { machine, spec, sshPort, address, consoleDelay } = this.#parts;
    this.#console.boot(spec);
    await machine.boot();
    if (this.#down.signal.aborted) this.#down = new AbortController();
    this.#control.open();
    await this.#ssh.open(sshPort === undefined ? undefined : { address, port: sshPort });
    this.#console.line("[  OK  ] Started sshd.service - OpenSSH server daemon.");
    this.#keysShown = setTimeout(() => {
      this.#console.hostKeys(this.#keys);
      this.#console.login(spec);
    }, consoleDelay);
    await this.#mountFstab();
  }

  /** As systemd does at a boot: each line once, and the boot goes on whatever becomes of it. */
  async #mountFstab(): Promise<void> {
    const say = (line: string): void => this.#console.line(`mount[1400]: ${line}`);
    const voice = { out: say, err: say, gone: new AbortController().signal, listening: () => true };
    const code = await mountAll(this.#inside, voice);
    if (code === 0) this.#console.line("[  OK  ] Reached target remote-fs.target - Remote File Systems.");
    else this.#console.line("[FAILED] Failed to mount a file system of /etc/fstab.");
  }

  async #halt(): Promise<void> {
    this.#down.abort();
    clearTimeout(this.#keysShown);
    this.#control.close();
    await this.#ssh.close();
    await this.#parts.machine.halt();
    this.#inside.mounts.clear();
  }

  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#packageLock.then(work);
    this.#packageLock = done.catch(() => undefined);
    return done;
  }
}
