import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ISOLATIONS } from "../sandbox/hosts/isolations.ts";
import { sandboxHosts, type SandboxHosts } from "./sandbox-hosts.ts";

const ID = "fs-0123456789abcdef0";
const BERTOPS = path.join(import.meta.dirname, "../../bin/bertops.js");
/** What must be seen nowhere but in the environment that bertops itself was started with. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "AKIACANARYCANARYCANA",
  AWS_SECRET_ACCESS_KEY: "canary/secret+0123456789abcdefghijklmnop",
  AWS_SESSION_TOKEN: "canary-session-token-0123456789abcdefghij",
};

interface Seen {
  readonly argv: Set<string>;
  readonly environ: Set<string>;
}

/** Looks at every process of this machine but this one, and at the environment of all but `own`. */
function look(seen: Seen, own: number): void {
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    seen.argv.add(readOrNothing(`/proc/${pid}/cmdline`));
    if (pid !== own) seen.environ.add(readOrNothing(`/proc/${pid}/environ`));
  }
}

/** What ends while it is looked at, or belongs to somebody else, has nothing to tell. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return filesUnder(file);
    // The host's own keys and programs are not what bertops brought.
    return entry.isFile() && statSync(file).size < 1_000_000 ? [file] : [];
  });
}

describe.each(ISOLATIONS)("secrets, while mount-efs works (%s)", (isolation) => {
  let world: SandboxHosts;
  let home: string;
  beforeAll(async () => {
    world = await sandboxHosts(1, isolation);
    world.region.fileSystem(ID);
    home = await mkdtemp(path.join(os.tmpdir(), "bertops-secrets-"));
  });
  afterAll(async () => {
    await world.close();
    await rm(home, { recursive: true });
  });

  it("no key and no token in arguments, environments, output, or on the host's disk afterwards", async () => {
    const [host] = world.launched;
    if (host === undefined) throw new Error("no host");
    const identity = path.join(home, "identity");
    const key = world.region.key.private;
    await writeFile(identity, key, { mode: 0o600 });
    const parsed = ssh2.utils.parseKey(host.hostKeys[0] ?? "");
    if (parsed instanceof Error) throw parsed;
    const known = path.join(home, "known_hosts");
    await writeFile(known, `[${host.address}]:${world.hosts.sshPort} ${host.hostKeys[0] ?? ""}\n`);
    const child = spawn(
      process.execPath,
      [
        BERTOPS,
        "mount-efs",
        "--host",
        `ec2-user@${host.address}:${world.hosts.sshPort}`,
        "--identity",
        identity,
        "--known-hosts",
        known,
        "--file-system",
        ID,
        "--region",
        "eu-west-1",
        "--verbose",
        "--json",
      ],
      { env: { PATH: process.env["PATH"], HOME: home, ...CREDENTIALS }, stdio: ["ignore", "pipe", "pipe"] },
    );
    const seen: Seen = { argv: new Set(), environ: new Set() };
    const looking = setInterval(() => look(seen, child.pid ?? 0), 10);
    const ended = new Promise((resolve) => child.once("close", resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    clearInterval(looking);
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringContaining('"state":"mounted"') });

    const argv = [...seen.argv].join("\n");
    // It did look: at bertops, and at the script at work on the host.
    expect(argv).toContain("mount-efs --host");
    expect(argv).toMatch(/\bsh -s/u);
    const disk = filesUnder(path.dirname(host.path("/etc")))
      .filter((file) => existsSync(file))
      .map((file) => readOrNothing(file))
      .join("\n");
    expect(disk).toContain(`${ID}:/ /efs efs`);
    // The first line of a key's body says what kind of key it is, and is the same in all of them.
    const [, ...body] = key.split("\n").filter((line) => line.length >= 40 && !line.startsWith("-----"));
    const secrets = [...Object.values(CREDENTIALS), ...body];
    expect(secrets.length).toBeGreaterThan(3);
    const places = { argv, environ: [...seen.environ].join("\n"), out, err, disk };
    const found = Object.entries(places).flatMap(([place, content]) =>
      secrets.filter((secret) => content.includes(secret)).map((secret) => `${place}: ${secret}`),
    );
    expect(found).toEqual([]);
  });
});
