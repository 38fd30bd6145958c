import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { Connection } from "../../src/ssh/connection.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf, type SshTarget } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import { freePort, noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";
import { recorder, scriptedAsk } from "./voice.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

describe.skipIf(noSshd !== undefined)("a connection to a real sshd", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => removeSshd(sshd));

  function target(changes: Partial<SshTarget> = {}): SshTarget {
    const port = changes.port ?? sshd.port;
    return {
      host: "127.0.0.1",
      port,
      user: sshd.user,
      label: "test host",
      keyNames: keyNamesOf("127.0.0.1", port),
      identities: [sshd.identity],
      jumps: [],
      ...changes,
    };
  }
  function open(
    to: SshTarget,
    options: {
      knownHosts?: string;
      typed?: boolean;
      secret?: string;
      accepted?: string[];
      timeout?: number;
    } = {},
  ): Promise<Connection> {
    const file = options.knownHosts ?? sshd.knownHosts;
    const ask = scriptedAsk({
      ...(options.typed === undefined ? {} : { typed: options.typed }),
      ...(options.secret === undefined ? {} : { secret: options.secret }),
    });
    return connect(to, {
      trust: hostTrust({
        knownHosts: knownHostsFiles({ read: [file], write: file }),
        accepted: options.accepted ?? [],
        ask,
        emit: recorder().emit,
      }),
      credentials: credentials({ ask, emit: recorder().emit, home: sshd.directory }),
      signal: new AbortController().signal,
      timeout: options.timeout ?? 10_000,
    });
  }
  async function failure(attempt: Promise<Connection>): Promise<UserError> {
    const error: unknown = await attempt.then(
      (connection) => {
        connection.close();
        return new Error("it connected");
      },
      (thrown: unknown) => thrown,
    );
    if (error instanceof UserError) return error;
    throw error;
  }

  it("runs commands and hands over input, output and the exit code", async () => {
    const connection = await open(target());
    const lines: string[] = [];
    const result = await connection.exec("cat; echo done; echo trouble >&2; exit 7", {
      stdin: "first\nsecond\n",
      onLine: (line) => void lines.push(line),
    });
    expect(result).toEqual({ code: 7, stdout: "first\nsecond\ndone\n", stderr: "trouble\n" });
    expect(lines).toEqual(["first", "second", "done"]);
    await expect(connection.exec("sleep 30", { timeout: 200 })).rejects.toMatchObject({
      reason: "host-timeout",
    });
    await expect(connection.exec("yes", { maxOutput: 1000 })).rejects.toMatchObject({
      reason: "host-output",
    });
    connection.close();
  });

  it("writes and reads files by SFTP", async () => {
    const connection = await open(target());
    const sftp = await connection.sftp();
    const file = path.join(sshd.directory, "written");
    const handle = await sftp.open(file, "write");
    const data = Buffer.alloc(300_000, 7);
    await Promise.all([
      sftp.write(handle, data, 0, sftp.writeSize, 0),
      sftp.write(handle, data, 0, data.length - sftp.writeSize, sftp.writeSize),
    ]);
    await sftp.close(handle);
    expect((await readFile(file)).equals(data)).toBe(true);
    expect(sftp.writeSize).toBe(261_120);
    connection.close();
  });

  it("refuses an unknown host key without a person, and says how to go on", async () => {
    const empty = path.join(sshd.directory, "empty_known_hosts");
    const error = await failure(open(target(), { knownHosts: empty }));
    expect(error).toMatchObject({ reason: "host-key-unknown", exitCode: 4 });
    expect(error.message).toMatch(/ED25519 SHA256:[A-Za-z0-9+/]{43}/u);
    expect(error.next[0]).toBe(`ssh-keyscan -p ${sshd.port} 127.0.0.1 >> ${empty}`);
  });

  it("remembers a key that a person confirmed or named by its fingerprint", async () => {
    for (const how of ["typed", "named"]) {
      const file = path.join(sshd.directory, `known-by-${how}`);
      const shown = execFileSync("ssh-keygen", ["-lf", path.join(sshd.directory, "host_key.pub")], {
        encoding: "utf8",
      });
      const accepted = how === "named" ? [shown.split(" ")[1] ?? ""] : [];
      const first = await open(target(), {
        knownHosts: file,
        accepted,
        ...(how === "typed" ? { typed: true } : {}),
      });
      first.close();
      const second = await open(target(), { knownHosts: file });
      second.close();
      expect(await readFile(file, "utf8")).toContain(
        `[127.0.0.1]:${sshd.port} ${sshd.hostKey.split(" ")[0]}`,
      );
    }
  });

  it("stops at a changed or revoked key and shows both fingerprints", async () => {
    const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDkNcw8QYvwq2WzIqrYHcJZ8Q7o5EVjcnm2dGDQyW3TT";
    const changed = path.join(sshd.directory, "changed");
    await writeFile(changed, `[127.0.0.1]:${sshd.port} ${other}\n`);
    const error = await failure(open(target(), { knownHosts: changed, typed: true }));
    expect(error).toMatchObject({ reason: "host-key-changed", exitCode: 4 });
    expect(error.message.match(/SHA256:[A-Za-z0-9+/]{43}/gu)).toHaveLength(2);
    const revoked = path.join(sshd.directory, "revoked");
    await writeFile(revoked, `@revoked * ${sshd.hostKey}\n`);
    expect(await failure(open(target(), { knownHosts: revoked, typed: true }))).toMatchObject({
      reason: "host-key-revoked",
      exitCode: 4,
    });
  });

  it("asks for the passphrase of an encrypted key", async () => {
    const key = path.join(sshd.directory, "encrypted");
    await writeFile(key, await readFile(sshd.identity), { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "correct horse", "-f", key]);
    const connection = await open(target({ identities: [key] }), { secret: "correct horse" });
    connection.close();
    expect(await failure(open(target({ identities: [key] }), { secret: "wrong" }))).toMatchObject({
      reason: "identity-unusable",
      exitCode: 4,
    });
  });

  it("tells denied, refused and silent hosts apart", async () => {
    const stranger = path.join(sshd.directory, "stranger");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
    expect(await failure(open(target({ identities: [stranger] })))).toMatchObject({
      reason: "ssh-denied",
      exitCode: 4,
    });
    const closed = await freePort();
    expect(await failure(open(target({ port: closed })))).toMatchObject({
      reason: "ssh-unreachable",
      exitCode: 5,
    });
    const silent = net.createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => {
      silent.listen(port, "127.0.0.1", resolve);
    });
    expect(await failure(open(target({ port }), { timeout: 300 }))).toMatchObject({ exitCode: 5 });
    silent.close();
  });

  it("goes through jump hosts and verifies each", async () => {
    const connection = await open(target({ jumps: [target({ label: "jump" })] }));
    expect((await connection.exec("echo through")).stdout).toBe("through\n");
    connection.close();
  });

  it("rejects what is under way when the server is killed", async () => {
    const second = await startSshd();
    const known = await readFile(second.knownHosts);
    await writeFile(path.join(sshd.directory, "second_known"), known);
    const connection = await open(target({ port: second.port, identities: [second.identity] }), {
      knownHosts: path.join(sshd.directory, "second_known"),
    });
    const sftp = await connection.sftp();
    const handle = await sftp.open(path.join(sshd.directory, "cut"), "write");
    const running = connection.exec("sleep 60").catch((error: unknown) => error);
    await second.stop();
    expect(await running).toMatchObject({ reason: "connection-lost", exitCode: 5 });
    await expect(sftp.write(handle, Buffer.alloc(10), 0, 10, 0)).rejects.toThrow(/lost|closed/u);
    await expect(connection.exec("true")).rejects.toMatchObject({ reason: "connection-lost" });
    await removeSshd(second);
  });
});
