import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AsRootOptions, runAsRoot } from "../../src/operations/hosts/as-root.ts";
import { sudoPasswords } from "../../src/operations/hosts/sudo-passwords.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ExecResult } from "../../src/ssh/exec.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import { removeSshd } from "../ssh/sshd.ts";
import { noUsersSshd, startUsersSshd, type UsersSshd } from "../ssh/sshd-users.ts";
import { recorder, scriptedAsk } from "../ssh/voice.ts";

if (noUsersSshd !== undefined) console.log(`skipped: ${noUsersSshd}`);

/** A real sudo, with its lecture, behind a real sshd. */
describe.skipIf(noUsersSshd !== undefined)("a script that needs root", () => {
  let sshd: UsersSshd;
  beforeAll(async () => {
    sshd = await startUsersSshd();
  });
  afterAll(() => removeSshd(sshd));

  async function run(
    user: string,
    script: string,
    options: Partial<AsRootOptions> = {},
  ): Promise<ExecResult> {
    const ask = scriptedAsk({});
    const connection = await connect(
      {
        host: "127.0.0.1",
        port: sshd.port,
        user,
        label: "test host",
        keyNames: keyNamesOf("127.0.0.1", sshd.port),
        identities: [sshd.identity],
        jumps: [],
      },
      {
        trust: hostTrust({
          knownHosts: knownHostsFiles({ read: [sshd.knownHosts], write: sshd.knownHosts }),
          ask,
          emit: recorder().emit,
        }),
        credentials: credentials({ ask, emit: recorder().emit, home: sshd.directory }),
        signal: new AbortController().signal,
        timeout: 20_000,
      },
    );
    try {
      return await runAsRoot(connection, { user, id: "host", script, ...options });
    } finally {
      connection.close();
    }
  }
  const asking = (secret: string) => {
    const ask = scriptedAsk({ secret });
    return { ask, passwords: sudoPasswords({ ask, given: undefined }) };
  };

  it("runs where sudo asks nothing, and for root without sudo", async () => {
    expect(await run("free", "id -u; echo trouble >&2; exit 7")).toEqual({
      code: 7,
      stdout: "0\n",
      stderr: "trouble\n",
    });
    expect((await run("root", "id -u; echo ${SUDO_USER-none}")).stdout).toBe("0\nnone\n");
  });

  it("writes the password only when sudo asks, once for several hosts", async () => {
    const { ask, passwords } = asking(sshd.password);
    const lines: string[] = [];
    // A script of some size, which must not be eaten by whoever reads the password.
    const script = `${"# padding\n".repeat(20_000)}id -u; echo $SUDO_USER; cat <<'END'\nlast\nEND\nexit 3\n`;
    const results = await Promise.all([
      run("asked", script, { passwords, onLine: (line) => void lines.push(line) }),
      run("asked", script, { passwords }),
    ]);
    for (const { code, stdout } of results)
      expect({ code, stdout }).toEqual({ code: 3, stdout: "0\nasked\nlast\n" });
    expect(lines).toEqual(["0", "asked", "last"]);
    expect(ask.asked).toEqual(["Password of asked for sudo"]);
  });

  it("asks again for a wrong one, three times at most", async () => {
    const { ask, passwords } = asking("wrong");
    await expect(run("asked", "true", { passwords })).rejects.toMatchObject({
      reason: "sudo-password-wrong",
      exitCode: 4,
    });
    expect(ask.asked).toHaveLength(3);
    expect(ask.asked[1]).toBe("Password of asked for sudo on host (the last one was wrong)");
    const given = sudoPasswords({ ask: scriptedAsk({}), given: "wrong" });
    await expect(run("asked", "true", { passwords: given })).rejects.toMatchObject({
      reason: "sudo-password-wrong",
    });
  });

  it("takes it from the environment where there is no terminal, and else says how", async () => {
    const passwords = sudoPasswords({ ask: scriptedAsk({}), given: sshd.password });
    expect((await run("asked", "id -u", { passwords })).stdout).toBe("0\n");
    const none = sudoPasswords({ ask: scriptedAsk({}), given: undefined });
    for (const options of [{ passwords: none }, {}])
      await expect(run("asked", "id -u", options)).rejects.toMatchObject({
        reason: "sudo-password",
        exitCode: 4,
        hint: expect.stringContaining("BERTOPS_SUDO_PASSWORD") as string,
      });
  });

  it("tells who may not become root, and a sudo that wants a terminal", async () => {
    const { passwords } = asking(sshd.password);
    await expect(run("norights", "true", { passwords })).rejects.toMatchObject({ reason: "sudo-refused" });
    await expect(run("terminal", "true", { passwords })).rejects.toMatchObject({
      reason: "sudo-terminal",
      hint: expect.stringContaining("Defaults:terminal !requiretty") as string,
    });
  });

  it("shows the password to no other process, and leaves it in no file", async () => {
    const passwords = sudoPasswords({ ask: scriptedAsk({}), given: sshd.password });
    // The host itself looks, while the script runs, at every process and at the server's log.
    const look = [
      "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/cmdline; tr '\\0' '\\n' <$p/environ; done 2>/dev/null >/tmp/bertops-look-$$",
      "grep -c 'bertops-begins' /tmp/bertops-look-$$",
      `grep -cF "$(printf '%s' ${Buffer.from(sshd.password).toString("hex")} | sed 's/../\\\\x&/g' | xargs -0 printf '%b')" /tmp/bertops-look-$$`,
      "rm /tmp/bertops-look-$$",
    ].join("\n");
    const { stdout } = await run("asked", look, { passwords });
    const [marks, secrets] = stdout.trim().split("\n");
    // The look saw sudo's own arguments, so that it would have seen the password there.
    expect(Number(marks)).toBeGreaterThan(0);
    expect(secrets).toBe("0");
    const log = await readFile(path.join(sshd.directory, "log"), "utf8");
    expect(log).toContain("Starting session: command for asked");
    expect(log).not.toContain(sshd.password);
    const left = execFileSync(
      "sh",
      [
        "-c",
        'find "$1" /run/sudo /tmp /var/tmp -maxdepth 3 -type f -newer "$1/host_key" -size -64k -exec grep -lF "$2" {} + 2>/dev/null || true',
        "sh",
        sshd.directory,
        sshd.password,
      ],
      { encoding: "utf8" },
    ).trim();
    expect(left).toBe("");
  });
});
