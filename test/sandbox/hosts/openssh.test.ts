import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { fakeRegion } from "./fake-region.ts";
import type { FakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";

const run = promisify(execFile);
const installed = ["ssh", "scp", "sftp"].every((name) => spawnSync(name, ["-V"]).error === undefined);

/** OpenSSH's own clients as witnesses; where they are not installed there are none to hear. */
describe.runIf(installed).each(ISOLATIONS)("OpenSSH's clients and an instance in %s", (isolation) => {
  let region: FakeRegion;
  let hosts: Hosts;
  let host: Host;
  let config: string;
  beforeAll(async () => {
    region = fakeRegion();
    hosts = await openHosts({ directory: region.directory, gates: region.gates, isolation });
    host = await hosts.launch({
      instanceId: "i-0aa",
      hostname: "witness",
      privateIp: "172.31.7.7",
      availabilityZone: "",
    });
    const at = (name: string): string => join(region.directory, name);
    writeFileSync(at("key"), region.key.private, { mode: 0o600 });
    writeFileSync(
      at("known"),
      host.hostKeys.map((key) => `[${host.address}]:${hosts.sshPort} ${key}\n`).join(""),
    );
    config = at("config");
    const options = [
      `HostName ${host.address}`,
      `Port ${hosts.sshPort}`,
      "User ec2-user",
      `IdentityFile ${at("key")}`,
      "IdentitiesOnly yes",
      "IdentityAgent none",
      `UserKnownHostsFile ${at("known")}`,
      "GlobalKnownHostsFile /dev/null",
      "StrictHostKeyChecking yes",
      "BatchMode yes",
      "LogLevel ERROR",
    ];
    writeFileSync(config, `Host i\n${options.map((option) => `  ${option}\n`).join("")}`);
  });
  afterAll(async () => {
    await hosts.close();
    region.remove();
  });

  test("ssh runs commands, with its host key verified", async () => {
    expect(await run("ssh", ["-F", config, "i", "whoami; echo err >/dev/stderr"])).toEqual({
      stdout: "ec2-user\n",
      stderr: "err\n",
    });
    await expect(run("ssh", ["-F", config, "i", "exit 42"])).rejects.toMatchObject({ code: 42 });
    expect((await run("ssh", ["-F", config, "-tt", "i", "tty -s && echo terminal"])).stdout).toBe(
      "terminal\r\n",
    );
    expect(await fed(["ssh", "-F", config, "i", "sh", "-s"], "echo from $0; hostname\n")).toEqual([
      0,
      "from sh\nwitness\n",
      "",
    ]);
  });

  test("ssh refuses a host whose key is another", async () => {
    const wrong = join(region.directory, "wrong");
    writeFileSync(wrong, `[${host.address}]:${hosts.sshPort} ${region.key.public}\n`);
    const options = [
      "-F",
      config,
      "-o",
      `UserKnownHostsFile=${wrong}`,
      "-o",
      "HostKeyAlgorithms=ssh-ed25519",
    ];
    await expect(run("ssh", [...options, "i", "true"])).rejects.toThrow("Host key verification failed");
  });

  test.each(["scp", "scp -O"])("%s copies both ways", async (command) => {
    const [program = "scp", ...flags] = command.split(" ");
    const bytes = randomBytes(3_000_000);
    const file = join(region.directory, "bytes");
    writeFileSync(file, bytes);
    await run(program, [...flags, "-F", config, file, "i:copy"]);
    expect(readFileSync(host.path("/home/ec2-user/copy")).equals(bytes)).toBe(true);
    await run(program, [...flags, "-F", config, "i:copy", `${file}.back`]);
    expect(readFileSync(`${file}.back`).equals(bytes)).toBe(true);
  });

  test("sftp walks, links, renames and asks for room", async () => {
    const batch = [
      "mkdir models",
      `put -p ${config} models/config`,
      "ln -s config models/link",
      "ln models/config models/hard",
      "rename models/hard models/renamed",
      "ls -l models",
      "df -h",
      "rm models/renamed",
    ].join("\n");
    const [code, out, err] = await fed(["sftp", "-F", config, "-b", "-", "i"], batch);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/link/u);
    expect(out).toMatch(/renamed/u);
    expect(out).toMatch(/%Capacity|Avail/u);
    expect(readFileSync(host.path("/home/ec2-user/models/link"), "utf8")).toBe(readFileSync(config, "utf8"));
  });
});

/** Runs a client with this input. Not by spawnSync: the server is in this very process. */
async function fed(
  [program = "", ...words]: readonly string[],
  input: string,
): Promise<[number | null, string, string]> {
  const child = spawn(program, words);
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return [await closed, out, err];
}
