/** What people use to put a directory onto another machine, each as its users would run it. */
import { spawnSync } from "node:child_process";
import path from "node:path";

/** @typedef {import("./ssh-server.js").SshServer} SshServer */
/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} program what must be installed
 * @property {(server: SshServer, source: string, target: string) => string[]} command puts SOURCE's content below TARGET
 * @property {(server: SshServer, source: string, target: string) => string[]} [fetch] the other way: gets what SOURCE on the server holds
 * @property {(work: string) => Record<string, string>} [environment] with files in a directory of the benchmark
 * @property {(target: string) => string} [arrived] where SOURCE's content is then; default: TARGET
 * @property {boolean} [copies] after it TARGET is a plain copy of SOURCE with its times
 */

const bertops = path.join(import.meta.dirname, "../../../bin/bertops.js");

/** @param {SshServer} server */
const sshWords = (server) => [
  ["-i", server.identity],
  ["-o", `UserKnownHostsFile=${server.knownHosts}`],
  ["-o", "IdentitiesOnly=yes"],
];

/**
 * @param {SshServer} server
 * @param {string} root
 */
const storeWords = (server, root) => [
  "--model=bench",
  `--root=${root}`,
  `--host=${server.user}@${server.address}:${server.port}`,
  `--identity=${server.identity}`,
  `--known-hosts=${server.knownHosts}`,
  "--json",
];

/** @type {readonly Contender[]} */
export const CONTENDERS = [
  {
    name: "bertops",
    program: process.execPath,
    environment: (work) => ({ XDG_CACHE_HOME: path.join(work, "cache") }),
    arrived: (target) => path.join(target, "bench", "current"),
    command: (server, source, target) => [
      process.execPath,
      bertops,
      "push-model",
      source,
      "--raw",
      ...storeWords(server, target),
      "--yes",
    ],
    fetch: (server, source, target) => [
      process.execPath,
      bertops,
      "models",
      "pull",
      target,
      ...storeWords(server, source),
    ],
  },
  {
    name: "scp",
    program: "scp",
    command: (server, source, target) => [
      "scp",
      "-q",
      "-r",
      "-P",
      String(server.port),
      ...sshWords(server).flat(),
      `${source}/.`,
      `${server.user}@${server.address}:${target}`,
    ],
    fetch: (server, source, target) => [
      "scp",
      "-q",
      "-r",
      "-P",
      String(server.port),
      ...sshWords(server).flat(),
      `${server.user}@${server.address}:${source}/.`,
      target,
    ],
  },
  {
    name: "rsync",
    program: "rsync",
    copies: true,
    command: (server, source, target) => [
      "rsync",
      "-a",
      "-e",
      `ssh -p ${server.port} ${sshWords(server).flat().join(" ")}`,
      `${source}/`,
      `${server.user}@${server.address}:${target}/`,
    ],
    fetch: (server, source, target) => [
      "rsync",
      "-a",
      "-e",
      `ssh -p ${server.port} ${sshWords(server).flat().join(" ")}`,
      `${server.user}@${server.address}:${source}/`,
      `${target}/`,
    ],
  },
  {
    name: "rclone",
    program: "rclone",
    command: (server, source, target) => [
      "rclone",
      "copy",
      source,
      `:sftp:${target}`,
      "--config",
      "/dev/null",
      "--sftp-host",
      server.address,
      "--sftp-port",
      String(server.port),
      "--sftp-user",
      server.user,
      "--sftp-key-file",
      server.identity,
      "--sftp-known-hosts-file",
      server.knownHosts,
      "--transfers",
      "8",
      "--checkers",
      "8",
      "--sftp-concurrency",
      "64",
      "--sftp-chunk-size",
      "255k",
      "--sftp-disable-hashcheck",
    ],
  },
  {
    name: "lftp",
    program: "lftp",
    command: (server, source, target) => [
      "lftp",
      "-c",
      [
        `set sftp:connect-program "ssh -a -x ${sshWords(server).flat().join(" ")}"`,
        "set sftp:size-write 32k",
        "set sftp:max-packets-in-flight 128",
        "set net:max-retries 1",
        "set net:timeout 20",
        // With keys the password is never asked for, but lftp asks its user for one unless it has it.
        `open -u ${server.user},none -p ${server.port} sftp://${server.address}`,
        `mirror -R --parallel=8 --no-perms ${source} ${target}`,
      ].join("; "),
    ],
  },
];

/**
 * @param {Contender} contender
 * @returns {boolean}
 */
export function isInstalled(contender) {
  return spawnSync("sh", ["-c", `command -v "$1"`, "sh", contender.program]).status === 0;
}
