import { connect, isIP } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileSystemOfName } from "../mounts/efs-request.ts";
import { GROUPS, USERS } from "../users.ts";
import type { MountAnswer } from "../host.ts";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { realProgram } from "./real-program.ts";

const NFS_PORT = 2049;
const NC = {
  flags: { z: "scan", v: "verbose", n: "nodns", "4": "ipv4", "6": "ipv6" },
  values: { w: "wait", i: "idle-timeout", G: "connect-timeout" },
};

/** `nc -z -w SECONDS HOST PORT`: can the port be reached? A mount target's answers as its security group says. */
export const nc: Program = async (call, inside, voice) => {
  const { flags, values, operands, unknown } = parseOptions(call.words, NC);
  const [host = "", port = ""] = operands;
  if (unknown !== undefined || !flags.has("scan") || !/^\d+$/u.test(port)) {
    const real = realProgram("nc");
    return real === undefined
      ? fail(voice, "Ncat: this sandbox answers `nc -z HOST PORT` only. QUITTING.", 2)
      : { run: real };
  }
  const seconds = Number(values.get("wait")?.at(-1) ?? values.get("connect-timeout")?.at(-1) ?? "10");
  const limit = Math.max(1, seconds * 1000);
  const target = Number(port) === NFS_PORT ? mountTarget(host, inside) : undefined;
  if (target === undefined) {
    const open = await reachable(host, Number(port), limit);
    return open ? 0 : fail(voice, "Ncat: Connection refused.");
  }
  if (target.state === "unknown-name") {
    return fail(voice, `Ncat: Could not resolve hostname "${host}": Name or service not known. QUITTING.`, 2);
  }
  if (target.state !== "unreachable") {
    if (flags.has("verbose")) voice.err(`Ncat: Connected to ${host}:${port}.`);
    return 0;
  }
  await wait(Math.min(limit, inside.patience.timeout), undefined, { signal: voice.gone }).catch(
    () => undefined,
  );
  return fail(voice, "Ncat: Connection timed out.");
};

/** getent: names of mount targets as the region knows them; everything else as this machine or the user table says. */
export const getent: Program = (call, inside, voice) => {
  const [database = "", ...keys] = call.words.filter((word) => !word.startsWith("-"));
  const real = realProgram("getent");
  const efs = keys.find((key) => fileSystemOfName(key) !== undefined);
  if (/^(?:hosts|ahosts(?:v4)?)$/u.test(database) && efs !== undefined) {
    const answer = mountTarget(efs, inside);
    if (answer === undefined || answer.state === "unknown-name") return 2;
    // A name whose address the region does not tell is as good as unknown.
    const ip = "ip" in answer ? answer.ip : undefined;
    if (ip === undefined) return 2;
    voice.out(database === "hosts" ? `${ip.padEnd(15)} ${efs}` : `${ip.padEnd(15)} STREAM ${efs}`);
    return 0;
  }
  if (inside.machine.isolation !== "prefix" && real !== undefined) return { run: real };
  const lines =
    database === "passwd"
      ? USERS.map((user) => [user.name, "x", user.uid, user.gid, "", user.home, user.shell].join(":"))
      : database === "group"
        ? GROUPS.map((group) => [group.name, "x", group.gid, group.members.join(",")].join(":"))
        : undefined;
  if (lines === undefined)
    return real === undefined ? fail(voice, `Unknown database: ${database}`) : { run: real };
  const found = lines.filter((line) => {
    const fields = line.split(":");
    return keys.length === 0 || keys.includes(fields[0] ?? "") || keys.includes(fields[2] ?? "");
  });
  for (const line of found) voice.out(line);
  return found.length > 0 ? 0 : 2;
};

/** What stands at an EFS host name, or at a mount target's address; undefined for any other host. */
function mountTarget(host: string, inside: Inside): MountAnswer | undefined {
  const fileSystemId = fileSystemOfName(host);
  const { instanceId } = inside.spec;
  if (fileSystemId !== undefined) return inside.gates.mount(instanceId, { fileSystemId });
  if (isIP(host) === 0 || host.startsWith("127.")) return undefined;
  return inside.gates.mount(instanceId, { fileSystemId: "", mountTargetIp: host });
}

function reachable(host: string, port: number, limit: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: limit });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
