import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ask, Event } from "../../src/events.ts";
import { connect } from "../../src/ssh/connect.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf, type SshTarget } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";
import { noUsersSshd, startUsersSshd, type UsersSshd } from "./sshd-users.ts";
import { recorder, scriptedAsk } from "./voice.ts";

if (noUsersSshd !== undefined) console.log(`skipped: ${noUsersSshd}`);

const PASSPHRASE = "correct horse battery";

interface Call {
  readonly target?: Partial<SshTarget>;
  readonly ask?: Ask;
  readonly agent?: string;
  readonly passphrase?: string;
  readonly home?: string;
  readonly passwords?: boolean;
}

/** Logs in, asks who it is, and answers that with everything that was told meanwhile. */
async function logIn(sshd: Sshd, call: Call = {}): Promise<{ who: string; events: readonly Event[] }> {
  const { events, emit } = recorder();
  const ask = call.ask ?? scriptedAsk({});
  const connection = await connect(
    {
      host: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      label: "test host",
      keyNames: keyNamesOf("127.0.0.1", sshd.port),
      identities: [],
      jumps: [],
      ...call.target,
    },
    {
      trust: hostTrust({
        knownHosts: knownHostsFiles({ read: [sshd.knownHosts], write: sshd.knownHosts }),
        ask,
        emit,
      }),
      credentials: credentials({
        ask,
        emit,
        agent: call.agent,
        passphrase: call.passphrase,
        home: call.home ?? path.join(sshd.directory, "empty-home"),
        passwords: call.passwords ?? false,
      }),
      signal: new AbortController().signal,
      timeout: 20_000,
    },
  );
  const { stdout } = await connection.exec("whoami");
  connection.close();
  return { who: stdout.trim(), events };
}

describe.skipIf(noSshd !== undefined)("keys of every kind, at a real sshd", () => {
  let sshd: Sshd;
  const at = (name: string): string => path.join(sshd.directory, name);
  const keygen = (...words: string[]): void => {
    execFileSync("ssh-keygen", ["-q", ...words], { stdio: "ignore" });
  };

  beforeAll(async () => {
    sshd = await startSshd();
    const admitted = [await readFile(at("authorized_keys"), "utf8")];
    for (const [name, type] of [
      ["ed", ["ed25519"]],
      ["ec256", ["ecdsa", "-b", "256"]],
      ["ec384", ["ecdsa", "-b", "384"]],
      ["ec521", ["ecdsa", "-b", "521"]],
      ["rsa", ["rsa", "-b", "2048"]],
    ] as const) {
      keygen("-t", ...type, "-N", "", "-f", at(name));
      admitted.push(await readFile(at(`${name}.pub`), "utf8"));
    }
    await writeFile(at("authorized_keys"), admitted.join(""));
  });
  afterAll(() => removeSshd(sshd));

  /** A copy of a key in another form, without its public half beside it. */
  async function form(key: string, format: string, passphrase = ""): Promise<string> {
    const file = at(`${key}-${format}-${passphrase === "" ? "open" : "locked"}`);
    await rm(file, { force: true });
    await copyFile(at(key), file);
    await chmod(file, 0o600);
    if (format === "PKCS8" && key === "ed") {
      // ssh-keygen does not write Ed25519 so; OpenSSL does, of a key of its own.
      execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", file], { stdio: "ignore" });
      const open = await readFile(file);
      if (passphrase !== "")
        execFileSync(
          "openssl",
          ["pkcs8", "-topk8", "-passout", `pass:${passphrase}`, "-out", `${file}.new`],
          {
            input: open,
          },
        );
      const { ed25519Key } = await import("../../src/ssh/ed25519-key.ts");
      const { createPrivateKey } = await import("node:crypto");
      await writeFile(at("converted"), ed25519Key(createPrivateKey(open)), { mode: 0o600 });
      const shown = execFileSync("ssh-keygen", ["-y", "-f", at("converted")], { encoding: "utf8" });
      await writeFile(at("authorized_keys"), `${await readFile(at("authorized_keys"), "utf8")}${shown}`);
      return passphrase === "" ? file : `${file}.new`;
    }
    if (format === "OPENSSH") {
      if (passphrase !== "") keygen("-p", "-a", "1", "-P", "", "-N", passphrase, "-f", file);
      return file;
    }
    keygen("-p", "-P", "", "-N", passphrase, "-m", format, "-f", file);
    return file;
  }

  const kinds = ["ed", "ec256", "ec384", "ec521", "rsa"].flatMap((key) =>
    ["OPENSSH", "PEM", "PKCS8"]
      .filter((format) => key !== "ed" || format !== "PEM")
      .map((format) => [key, format] as const),
  );
  it.each(kinds)("%s as %s, open and with a passphrase", async (key, format) => {
    const open = await form(key, format);
    expect((await logIn(sshd, { target: { identities: [open] } })).who).toBe(sshd.user);
    const locked = await form(key, format, PASSPHRASE);
    const ask = scriptedAsk({ secret: PASSPHRASE });
    expect((await logIn(sshd, { target: { identities: [locked] }, ask })).who).toBe(sshd.user);
    expect(ask.asked).toEqual([`Passphrase of ${locked}`]);
    expect((await logIn(sshd, { target: { identities: [locked] }, passphrase: PASSPHRASE })).who).toBe(
      sshd.user,
    );
  });

  it("says how, where a passphrase is needed and nobody can be asked", async () => {
    const locked = await form("rsa", "PEM", PASSPHRASE);
    const target = { identities: [locked] };
    await expect(logIn(sshd, { target })).rejects.toMatchObject({
      reason: "identity-locked",
      exitCode: 4,
      hint: expect.stringContaining("BERTOPS_KEY_PASSPHRASE") as string,
      next: [`ssh-add ${locked}`],
    });
    const ask = scriptedAsk({ secret: "wrong" });
    await expect(logIn(sshd, { target, ask })).rejects.toMatchObject({
      reason: "identity-unusable",
      exitCode: 4,
    });
    expect(ask.asked).toHaveLength(3);
    await expect(logIn(sshd, { target, passphrase: "wrong" })).rejects.toMatchObject({
      reason: "identity-unusable",
    });
  });

  it("refuses what it cannot use, by its name", async () => {
    const putty = at("key.ppk");
    await writeFile(putty, "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", { mode: 0o600 });
    await expect(logIn(sshd, { target: { identities: [putty] } })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("PuTTY") as string,
      next: [`puttygen ${putty} -O private-openssh-new -o ${at("key")}.key`],
    });
    const field = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const blob = Buffer.concat([field("sk-ssh-ed25519@openssh.com"), field("p".repeat(32)), field("ssh:")]);
    const token = Buffer.concat([
      Buffer.from("openssh-key-v1\0"),
      field("none"),
      field("none"),
      field(""),
      Buffer.from([0, 0, 0, 1, 0, 0, 0, blob.length]),
      blob,
    ]);
    await writeFile(
      at("token"),
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${token.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`,
      { mode: 0o600 },
    );
    await expect(logIn(sshd, { target: { identities: [at("token")] } })).rejects.toThrow(
      /hardware token \(sk-ssh-ed25519/u,
    );
    keygen("-t", "ed25519", "-N", "", "-f", at("ca"));
    keygen("-s", at("ca"), "-I", "me", "-n", sshd.user, at("ed.pub"));
    await expect(logIn(sshd, { target: { identities: [at("ed-cert.pub")] } })).rejects.toThrow(
      /certificate/u,
    );
    const { events } = await logIn(sshd, { target: { identities: [at("ed")] } });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        message: expect.stringContaining("ed-cert.pub is not used") as string,
      }),
    );
    await expect(logIn(sshd, { target: { identities: [at("not-there")] } })).rejects.toMatchObject({
      reason: "identity-unreadable",
      exitCode: 2,
    });
  });

  it("warns of a key that others can read", async () => {
    const key = await form("ed", "OPENSSH");
    await chmod(key, 0o644);
    const { events } = await logIn(sshd, { target: { identities: [key] } });
    expect(events).toContainEqual({
      type: "warning",
      message: `Permissions 0644 for ${key} are too open: other users of this machine can read the private key.`,
      hint: `chmod 600 ${key}`,
    });
  });

  it("takes the usual files where none is named, and tells what was refused", async () => {
    const home = at("home");
    await mkdir(path.join(home, ".ssh"), { recursive: true });
    await copyFile(at("rsa"), path.join(home, ".ssh", "id_rsa"));
    await chmod(path.join(home, ".ssh", "id_rsa"), 0o600);
    expect((await logIn(sshd, { home })).who).toBe(sshd.user);
    keygen("-t", "ed25519", "-N", "", "-f", at("stranger"));
    await expect(logIn(sshd, { target: { identities: [at("stranger")] } })).rejects.toMatchObject({
      reason: "ssh-denied",
      message: expect.stringContaining(at("stranger")) as string,
    });
  });

  describe("with a real ssh-agent", () => {
    let agent: ChildProcess;
    let socket = "";
    beforeAll(async () => {
      socket = at("agent");
      agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
      await new Promise((resolve) => {
        agent.stdout!.once("data", resolve);
      });
      for (const key of ["rsa", "ec384", "ed"])
        execFileSync("ssh-add", ["-q", at(key)], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    });
    afterAll(() => void agent.kill("SIGKILL"));

    it("logs in by the keys that it holds, of every kind", async () => {
      for (const key of ["rsa", "ec384", "ed"]) {
        const only = { identities: [at(key)], identitiesOnly: true };
        await rm(at("only"), { force: true });
        await copyFile(at(`${key}.pub`), at("only"));
        expect((await logIn(sshd, { agent: socket })).who).toBe(sshd.user);
        // The file holds the public half alone, so that it was the agent that signed.
        expect(
          (await logIn(sshd, { agent: socket, target: { ...only, identities: [at("only")] } })).who,
        ).toBe(sshd.user);
      }
    });

    it("spares the question for a passphrase that the agent has heard", async () => {
      const locked = await form("rsa", "OPENSSH", PASSPHRASE);
      await copyFile(at("rsa.pub"), `${locked}.pub`);
      expect((await logIn(sshd, { agent: socket, target: { identities: [locked] } })).who).toBe(sshd.user);
    });

    it("offers nothing else under IdentitiesOnly, nothing at all under IdentityAgent none", async () => {
      const stranger = at("stranger");
      const target = { identities: [stranger], identitiesOnly: true };
      await expect(logIn(sshd, { agent: socket, target })).rejects.toMatchObject({
        message: expect.not.stringContaining("agent") as string,
      });
      await expect(logIn(sshd, { agent: socket, target: { agent: "none" } })).rejects.toMatchObject({
        reason: "ssh-denied",
      });
      expect((await logIn(sshd, { agent: at("no-agent"), target: { agent: socket } })).who).toBe(sshd.user);
    });

    it("goes on without an agent that is gone", async () => {
      const target = { identities: [at("ed")] };
      expect((await logIn(sshd, { agent: at("no-agent"), target })).who).toBe(sshd.user);
    });
  });
});

describe.skipIf(noUsersSshd !== undefined)("passwords, at a real sshd with PAM", () => {
  let sshd: UsersSshd;
  beforeAll(async () => {
    sshd = await startUsersSshd();
  });
  afterAll(() => removeSshd(sshd));

  it("asks a person, three times at most, and nobody else", async () => {
    const target = { user: "free", identities: [] };
    const ask = scriptedAsk({ secret: sshd.password });
    expect((await logIn(sshd, { target, ask, passwords: true })).who).toBe("free");
    expect(ask.asked).toEqual(["free@test host: Password"]);
    const wrong = scriptedAsk({ secret: "wrong" });
    await expect(logIn(sshd, { target, ask: wrong, passwords: true })).rejects.toMatchObject({
      reason: "ssh-denied",
      message: expect.stringContaining("a password") as string,
    });
    expect(wrong.asked).toHaveLength(3);
    const nobody = scriptedAsk({});
    await expect(logIn(sshd, { target, ask: nobody, passwords: true })).rejects.toMatchObject({
      reason: "ssh-denied",
    });
    expect(nobody.asked).toEqual([]);
  });
});
