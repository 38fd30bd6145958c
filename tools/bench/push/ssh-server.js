/** A real OpenSSH server for a benchmark: its own host key, one login key, everything else as distributed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";

/**
 * @typedef {object} SshServer
 * @property {string} address
 * @property {number} port
 * @property {string} user
 * @property {string} identity the login key's file
 * @property {string} knownHosts a known_hosts file that names the server
 * @property {() => Promise<number>} cpuSeconds of sessions that have ended, and of what they ran; waits for those that run
 * @property {() => Promise<void>} close
 */

/**
 * @param {import("./network.js").Network} network
 * @param {string} work
 * @returns {Promise<SshServer>}
 */
export async function startSshServer(network, work) {
  const directory = path.join(work, "ssh");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const port = 2200 + (process.pid % 500);
  const file = (/** @type {string} */ name) => path.join(directory, name);
  for (const key of ["host", "login"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", file(key)]);
  await copyFile(file("login.pub"), file("authorized_keys"));
  const hostKey = (await readFile(file("host.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
  await writeFile(file("known_hosts"), `[${network.address}]:${port} ${hostKey}\n`);
  // Login files of whoever measures would be measured, once for each connection.
  const home = file("home");
  await mkdir(home);
  const config = `Port ${port}
ListenAddress ${network.address}
HostKey ${file("host")}
AuthorizedKeysFile ${file("authorized_keys")}
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
PidFile none
Subsystem sftp internal-sftp
SetEnv HOME=${home}
`;
  await writeFile(file("sshd_config"), config);
  await mkdir("/run/sshd", { recursive: true });
  // In a process namespace of its own the server inherits what outlives its session, and its time is counted, too.
  const apart = process.getuid?.() === 0 ? ["unshare", "--pid", "--fork", "--kill-child"] : [];
  const words = [...network.far, ...apart, "/usr/sbin/sshd", "-D", "-e", "-f", file("sshd_config")];
  const server = spawn("env", words, { stdio: ["ignore", "ignore", "pipe"] });
  // "Server listening" is the first thing that it says.
  await once(server.stderr, "data");
  await sleep(100);
  server.stderr.resume();
  const listener = apart.length === 0 ? (server.pid ?? 0) : (childrenOf(server.pid ?? 0)[0] ?? 0);
  return {
    address: network.address,
    port,
    user: process.env["USER"] ?? "root",
    identity: file("login"),
    knownHosts: file("known_hosts"),
    cpuSeconds: async () => {
      while (childrenOf(listener).length > 0) await sleep(20);
      return spentByChildren(listener);
    },
    close: async () => {
      process.kill(listener, "SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
    },
  };
}

/**
 * @param {number} pid
 * @returns {readonly number[]}
 */
function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/**
 * Seconds of processor time of children that were waited for, and of theirs.
 * @param {number} pid
 */
function spentByChildren(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  // Clock ticks of a hundredth of a second, on every Linux.
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
