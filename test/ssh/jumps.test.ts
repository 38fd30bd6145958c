import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareHosts } from "../../src/operations/hosts/bare-hosts.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";
import { recorder, scriptedAsk } from "./voice.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const SIGNAL = new AbortController().signal;

/** Three OpenSSH servers with keys of their own: two bastions, and the host behind them. */
describe.skipIf(noSshd !== undefined)("hosts behind hosts", { timeout: 60_000 }, () => {
  let servers: readonly Sshd[] = [];
  let home = "";
  const [outer, inner, target] = [0, 1, 2];

  beforeAll(async () => {
    servers = [await startSshd(), await startSshd(), await startSshd()];
    home = path.join(servers[target]!.directory, "home");
    await mkdir(path.join(home, ".ssh"), { recursive: true });
    await trust([outer, inner, target]);
  });
  afterAll(() => Promise.all(servers.map(removeSshd)));

  async function trust(known: readonly number[]): Promise<void> {
    const lines = await Promise.all(known.map((index) => readFile(servers[index]!.knownHosts, "utf8")));
    await writeFile(path.join(home, ".ssh", "known_hosts"), lines.join(""));
  }
  async function configure(lines: readonly string[]): Promise<void> {
    const blocks = servers.map(
      ({ port, user, identity }, index) =>
        `Host ${["outer", "inner", "target"][index]}\n  HostName 127.0.0.1\n  Port ${port}\n  User ${user}\n  IdentityFile ${identity}\n`,
    );
    await writeFile(path.join(home, ".ssh", "config"), [...lines, ...blocks].join("\n"));
  }
  /** From where the host at the end sees us come: each hop is a connection of its own. */
  async function come(jump?: string): Promise<string> {
    const [access] = await bareHosts(["target"], {
      hostKeys: [],
      environment: { HOME: home },
      ask: scriptedAsk({}),
      emit: recorder().emit,
      ...(jump === undefined ? {} : { jump }),
    });
    const connection = await access!.connect(SIGNAL);
    const { stdout } = await connection.exec("echo $SSH_CONNECTION; tr '\\0' ' ' </proc/$PPID/cmdline");
    connection.close();
    return stdout;
  }

  it.each([
    ["--jump with two hops", [], "outer,inner"],
    ["ProxyJump with two hops", ["Host target\n  ProxyJump outer,inner\n"], undefined],
    [
      "ProxyJump of a bastion's own",
      ["Host target\n  ProxyJump inner\nHost inner\n  ProxyJump outer\n"],
      undefined,
    ],
    [
      "a ProxyCommand, then ssh's own client",
      [
        "Host target\n  ProxyCommand ssh -F %d/.ssh/config -o UserKnownHostsFile=%d/.ssh/known_hosts -W 127.0.0.1:%p outer\n",
      ],
      undefined,
    ],
  ])("%s", async (_name, lines, jump) => {
    await configure(lines);
    expect(await come(jump)).toContain(` 127.0.0.1 ${servers[target]!.port}\n`);
  });

  it("verifies each hop's key, and says which one is not known", async () => {
    await configure([]);
    for (const [known, unknown] of [
      [[inner, target], "outer"],
      [[outer, target], "inner"],
      [[outer, inner], "target"],
    ] as const) {
      await trust(known);
      await expect(come("outer,inner")).rejects.toMatchObject({
        reason: "host-key-unknown",
        message: expect.stringContaining(`The host key of ${unknown} is not known`) as string,
      });
    }
    // One that shows another's key is stopped at, whatever is behind it.
    const [, ...foreign] = (await readFile(servers[outer]!.knownHosts, "utf8")).split(" ");
    await writeFile(
      path.join(home, ".ssh", "known_hosts"),
      `${await readFile(servers[outer]!.knownHosts, "utf8")}[127.0.0.1]:${servers[inner]!.port} ${foreign.join(" ")}`,
    );
    await expect(come("outer,inner")).rejects.toMatchObject({ reason: "host-key-changed", exitCode: 4 });
    await trust([outer, inner, target]);
    expect(await come("outer,inner")).toContain("127.0.0.1");
  });

  it.each([
    ["at once", ""],
    ["while the host's greeting is waited for", "sleep 0.3; "],
    ["after the greeting", "echo SSH-2.0-none; sleep 0.3; "],
  ])("tells a ProxyCommand that fails %s by what it said", async (_when, first) => {
    await configure([`Host target\n  ProxyCommand sh -c '${first}echo no way to %h >&2; exit 3'\n`]);
    await expect(come()).rejects.toMatchObject({
      reason: "ssh-unreachable",
      message: expect.stringMatching(/ProxyCommand ended with 3: no way to 127\.0\.0\.1/u) as string,
    });
  });
});
