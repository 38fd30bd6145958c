import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** A real OpenSSH server on loopback, started by the test as an ordinary process with its own configuration. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** A private key that it admits. */
  readonly identity: string;
  /** Its host key as a line of a .pub file. */
  readonly hostKey: string;
  /** A directory of this test. */
  readonly directory: string;
  /** A known_hosts file that holds its key. */
  readonly knownHosts: string;
  /** Ends the server and every session of it. */
  stop(): Promise<void>;
}

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/local/bin/sshd"].find((file) =>
  existsSync(file),
);

/** Why real sshd tests cannot run here; undefined when they can. */
export const noSshd: string | undefined =
  SSHD === undefined ? "no OpenSSH sshd on this machine (Debian: apt-get install openssh-server)" : undefined;

/** Starts one; `port` reuses the port of a server that was stopped, `settings` are further lines of its configuration. */
export async function startSshd(
  options: {
    settings?: string;
    from?: Sshd;
    port?: number;
    withoutPython?: boolean;
    /** What the server is started by. */
    within?: readonly string[];
    directory?: string;
    /** What programs of its sessions see. */
    environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Sshd> {
  const directory =
    options.from?.directory ?? options.directory ?? (await mkdtemp(path.join(os.tmpdir(), "bertops-sshd-")));
  const port = options.port ?? options.from?.port ?? (await freePort());
  const file = (name: string): string => path.join(directory, name);
  if (options.from === undefined) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "host", "-f", file("host_key")]);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "user", "-f", file("identity")]);
    await writeFile(file("authorized_keys"), await readFile(file("identity.pub")));
  }
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const configuration = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${file("host_key")}`,
    `AuthorizedKeysFile ${file("authorized_keys")}`,
    "StrictModes no",
    // The first word on a subject counts.
    ...(options.settings === undefined ? [] : [options.settings]),
    "UsePAM no",
    "PasswordAuthentication no",
    "PidFile none",
    "PermitRootLogin prohibit-password",
    "Subsystem sftp internal-sftp",
    "MaxStartups 100",
    // A nested shell: bash then leaves out what the person's own login does.
    `SetEnv SHLVL=2${Object.entries(options.environment ?? {})
      .map(([name, value]) => ` ${name}=${value}`)
      .join(
        "",
      )}${options.withoutPython === true ? ` PATH=${await withoutPython(directory)}:${process.env["PATH"]}` : ""}`,
  ].join("\n");
  await writeFile(file("sshd_config"), `${configuration}\n`);
  const [command, ...rest] = [...(options.within ?? []), SSHD ?? "sshd"];
  const log = openSync(file("log"), "w");
  const child = spawn(command, [...rest, "-D", "-e", "-f", file("sshd_config")], {
    stdio: ["ignore", "ignore", log],
    detached: true,
  });
  closeSync(log);
  await answering(port, child);
  const hostKey = (await readFile(file("host_key.pub"), "utf8")).trim();
  const [type, base64] = hostKey.split(" ");
  await writeFile(file("known_hosts"), `[127.0.0.1]:${port} ${type} ${base64}\n`);
  return {
    port,
    user: os.userInfo().username,
    identity: file("identity"),
    hostKey,
    directory,
    knownHosts: file("known_hosts"),
    async stop() {
      await endGroup(child);
    },
  };
}

/** Removes what a server left behind. */
export async function removeSshd(sshd: Sshd): Promise<void> {
  await sshd.stop();
  await rm(sshd.directory, { recursive: true, force: true });
}

/** A TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A directory for the front of PATH whose python3 does not work. */
async function withoutPython(directory: string): Promise<string> {
  const shadow = path.join(directory, "shadow");
  await mkdir(shadow, { recursive: true });
  await writeFile(path.join(shadow, "python3"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
  return shadow;
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
    if (await connects(port)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  throw new Error("sshd does not answer");
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Sessions are children of the listener in sessions of their own, so they are found by their parents. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  for (const pid of [...descendants(child.pid), child.pid]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await ended;
}

function descendants(root: number): readonly number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/u).map(Number));
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const [pid, of] of rows)
      if (of === parent && pid !== undefined) {
        visit(pid);
        found.push(pid);
      }
  };
  visit(root);
  return found;
}
