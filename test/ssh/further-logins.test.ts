import { execFileSync } from "node:child_process";
import { chmod, copyFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ask } from "../../src/events.ts";
import { connect, type ConnectOptions } from "../../src/ssh/connect.ts";
import type { Connection } from "../../src/ssh/connection.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf, type SshTarget } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";
import { noUsersSshd, startUsersSshd, type UsersSshd } from "./sshd-users.ts";
import { recorder, scriptedAsk } from "./voice.ts";

for (const reason of new Set([noSshd, noUsersSshd]))
  if (reason !== undefined) console.log(`skipped: ${reason}`);

type LogIn = (also?: Partial<ConnectOptions>) => Promise<Connection>;

/** Logs in as often as it is called, as one command does. */
function logins(sshd: Sshd, ask: Ask, changes: Partial<SshTarget>): LogIn {
  const { emit } = recorder();
  const target: SshTarget = {
    host: "127.0.0.1",
    port: sshd.port,
    user: sshd.user,
    label: "test host",
    keyNames: keyNamesOf("127.0.0.1", sshd.port),
    identities: [],
    jumps: [],
    ...changes,
  };
  const how = {
    trust: hostTrust({
      knownHosts: knownHostsFiles({ read: [sshd.knownHosts], write: sshd.knownHosts }),
      ask,
      emit,
    }),
    credentials: credentials({ ask, emit, home: path.join(sshd.directory, "empty"), passwords: true }),
    signal: new AbortController().signal,
  };
  return (also = {}) => connect(target, { ...how, ...also });
}

async function who(connection: Connection): Promise<string> {
  const { stdout } = await connection.exec("whoami");
  connection.close();
  return stdout.trim();
}

describe.skipIf(noSshd !== undefined)("further connections to a host, by a key", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => removeSshd(sshd));

  it("begin while the first one logs in, and ask nobody twice", async () => {
    const identity = path.join(sshd.directory, "locked");
    await copyFile(sshd.identity, identity);
    await chmod(identity, 0o600);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open sesame", "-f", identity], {
      stdio: "ignore",
    });
    const ask = scriptedAsk({ secret: "open sesame" });
    const logIn = logins(sshd, ask, { identities: [identity] });
    const further: Promise<Connection>[] = [];
    const trips: number[] = [];
    const first: Promise<Connection> = logIn({
      onRoundTrip(milliseconds) {
        trips.push(milliseconds);
        further.push(logIn({ after: first }), logIn({ after: first }));
      },
    });
    expect(await who(await first)).toBe(sshd.user);
    expect(further).toHaveLength(2);
    expect(trips[0]).toBeGreaterThan(0);
    const others = await Promise.all(further);
    expect(await Promise.all(others.map(who))).toEqual([sshd.user, sshd.user]);
    expect(ask.asked).toEqual([`Passphrase of ${identity}`]);
  });

  it("offer nothing when the first one was not let in", async () => {
    const logIn = logins(sshd, scriptedAsk({}), { identities: [sshd.identity] });
    const refused = Promise.reject(new Error("the first one failed"));
    await expect(logIn({ after: refused })).rejects.toMatchObject({
      message: expect.stringContaining("the first one failed") as string,
    });
  });

  it("run programs from the first moment on, whatever was opened before", async () => {
    const logIn = logins(sshd, scriptedAsk({}), { identities: [sshd.identity] });
    const alone = await logIn();
    const results = await Promise.all(
      [1, 2, 3].map((code) => alone.exec(`cat; exit ${code}`, { stdin: "in" })),
    );
    expect(results).toEqual([1, 2, 3].map((code) => ({ code, stdout: "in", stderr: "" })));
    alone.close();
    const busy = await logIn();
    const [, result] = await Promise.all([busy.sftp(), busy.exec("echo second")]);
    expect(result).toEqual({ code: 0, stdout: "second\n", stderr: "" });
    busy.close();
  });
});

describe.skipIf(noUsersSshd !== undefined)("further connections to a host, by a password", () => {
  let sshd: UsersSshd;
  beforeAll(async () => {
    sshd = await startUsersSshd();
  });
  afterAll(() => removeSshd(sshd));

  it("take the password that a person typed for the first one", async () => {
    const ask = scriptedAsk({ secret: sshd.password });
    const logIn = logins(sshd, ask, { user: "free" });
    const first = logIn();
    const further = [logIn({ after: first }), logIn({ after: first })];
    expect(await who(await first)).toBe("free");
    expect(await Promise.all((await Promise.all(further)).map(who))).toEqual(["free", "free"]);
    expect(ask.asked).toHaveLength(1);
  });
});
