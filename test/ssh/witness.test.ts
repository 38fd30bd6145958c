import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSshConfig, resolveHost } from "../../src/ssh/ssh-config-file.ts";
import { noSshd } from "./sshd.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

/** What OpenSSH's own client makes of a configuration, against what bertops makes of it. */
describe.skipIf(noSshd !== undefined)("ssh's configuration, as ssh -G reads it", () => {
  let home = "";
  let file = "";
  const localUser = os.userInfo().username;

  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "bertops-ssh-config-"));
    file = path.join(home, ".ssh", "config");
    await mkdir(path.join(home, ".ssh", "more"), { recursive: true });
    await writeFile(
      file,
      `
Include ${home}/.ssh/more/*.conf
host = box
  HostName=10.0.0.7
  Port 2200
  user "alice"
  IdentityFile ${home}/keys/%r-%h
  IdentityFile ${home}/keys/%n.%p
  IdentitiesOnly yes
  # a comment
Host *.example.org !bad.example.org
    HostName %h.internal
    Port 2201
    ProxyJump jump,eve@outer:2022
Host bad.example.org
    ProxyCommand nc -X 5 %h %p
    ProxyJump ignored
Match originalhost mat* user bob
    Port 2300
Match host 10.0.0.*
    ServerAliveInterval 7
    HostKeyAlias by-address
Match !host 10.0.0.* originalhost mat*
    HostName mat.example.com
Host twice
    Port 1
Host twice
    Port 2
    StrictHostKeyChecking accept-new
    UserKnownHostsFile ${home}/one ${home}/two
Host inside
    Include ${home}/.ssh/only-inside
Host *
  User everyone
`,
    );
    await writeFile(
      path.join(home, ".ssh", "more", "a.conf"),
      "Host from-a\n  HostName a.example\n  Port 11\n",
    );
    await writeFile(path.join(home, ".ssh", "more", "b.conf"), "Host from-*\n  Port 12\n  User bee\n");
    await writeFile(path.join(home, ".ssh", "more", "c.txt"), "Host *\n  Port 13\n");
    await writeFile(path.join(home, ".ssh", "only-inside"), "Port 14\nHost other\n  Port 15\n");
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  function witness(word: string): ReadonlyMap<string, readonly string[]> {
    const said = new Map<string, string[]>();
    const text = execFileSync("ssh", ["-T", "-G", "-F", file, word], { encoding: "utf8" });
    for (const line of text.split("\n")) {
      const [keyword = "", ...words] = line.split(" ");
      said.set(keyword, [...(said.get(keyword) ?? []), words.join(" ")]);
    }
    return said;
  }

  it.each([
    "box",
    "BOX",
    "carol@box",
    "good.example.org",
    "bad.example.org",
    "match-me",
    "bob@match-me",
    "twice",
    "inside",
    "other",
    "from-a",
    "from-b",
    "unknown",
  ])("%s", async (word) => {
    const config = await openSshConfig(home, path.join(home, "no-system-wide-file"));
    const target = resolveHost(word, config, { home, localUser });
    const said = witness(word);
    const one = (keyword: string): string | undefined => said.get(keyword)?.[0];
    expect({ host: target.host, port: String(target.port), user: target.user }).toEqual({
      host: one("hostname"),
      port: one("port"),
      user: one("user"),
    });
    const named = (said.get("identityfile") ?? []).filter((each) => !each.startsWith("~/.ssh/id_"));
    expect(target.identities).toHaveLength(named.length);
    expect(target.identitiesOnly === true).toBe(one("identitiesonly") === "yes");
    const hops = target.jumps.map(({ label }) => label).join(",");
    expect(hops === "" ? undefined : hops).toBe(one("proxyjump"));
    expect(target.transport !== undefined).toBe(one("proxycommand") !== undefined);
    expect(target.strictness === "accept-new").toBe(one("stricthostkeychecking") === "accept-new");
    const usual = "~/.ssh/known_hosts ~/.ssh/known_hosts2";
    expect((target.knownHosts?.join(" ") ?? usual).replace(/^.*\/\.ssh\/known_hosts .*$/u, usual)).toBe(
      one("userknownhostsfile")?.replace(/^.*\/\.ssh\/known_hosts .*$/u, usual),
    );
    expect([one("hostkeyalias") ?? target.keyNames[0]]).toEqual(target.keyNames);
  });

  it("fills in the tokens of file names", async () => {
    const config = await openSshConfig(home, path.join(home, "none"));
    expect(resolveHost("box", config, { home, localUser }).identities).toEqual([
      `${home}/keys/alice-10.0.0.7`,
      `${home}/keys/box.2200`,
    ]);
  });

  it("never runs what Match exec says, and tells that it is left out", async () => {
    const trap = path.join(home, "trap");
    await mkdir(path.join(home, "evil", ".ssh"), { recursive: true });
    await writeFile(
      path.join(home, "evil", ".ssh", "config"),
      `Match exec "touch ${trap}"\n  Port 9\nHost x\n  Port 10\n  ProxyCommand sh -c "%Z"\n`,
    );
    const config = await openSshConfig(path.join(home, "evil"), path.join(home, "none"));
    const told: string[] = [];
    expect(
      resolveHost("y", config, { home, localUser, onLeftOut: (line) => void told.push(line) }).port,
    ).toBe(22);
    expect(told).toEqual([expect.stringMatching(/config line 1: "Match exec .*" is not evaluated/u)]);
    expect(existsSync(trap)).toBe(false);
    expect(() => resolveHost("x", config, { home, localUser })).toThrow(/%Z/u);
  });

  it("stops at files that include each other", async () => {
    await mkdir(path.join(home, "circle", ".ssh"), { recursive: true });
    await writeFile(path.join(home, "circle", ".ssh", "config"), "Include config\n");
    await expect(openSshConfig(path.join(home, "circle"), "/none")).rejects.toMatchObject({
      reason: "ssh-config",
      exitCode: 2,
    });
  });
});
