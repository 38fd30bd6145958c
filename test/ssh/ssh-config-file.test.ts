import { describe, expect, it } from "vitest";
import { readConfigText } from "../../src/ssh/config-text.ts";
import { resolveHost } from "../../src/ssh/ssh-config-file.ts";
import { parseHostWord } from "../../src/ssh/target.ts";

const parse = (text: string) => [readConfigText(text, "config")];
const OPTIONS = { home: "/home/me", localUser: "me" };

describe("a host as a person types it", () => {
  it.each([
    ["example.org", { host: "example.org" }],
    ["you@example.org:2222", { host: "example.org", user: "you", port: 2222 }],
    ["you@[fe80::1%eth0]:22", { host: "fe80::1%eth0", user: "you", port: 22 }],
    ["fe80::1", { host: "fe80::1" }],
    ["a@b@c", { host: "c", user: "a@b" }],
  ])("%s", (word, expected) => {
    expect(parseHostWord(word)).toEqual(expected);
  });

  it.each(["", "@host", "host:0", "host:99999", "-oProxyCommand=x", "a b", "host:"])("refuses %j", (word) => {
    expect(() => parseHostWord(word)).toThrow(/is not a host/u);
  });
});

describe("ssh's configuration", () => {
  const config = parse(`
Host box
  HostName 10.0.0.7
  Port 2200
  User alice
  IdentityFile ~/.ssh/box
  ProxyJump hop,eve@outer:2022
Host hop
  HostName hop.example.org
Host aliased
  HostKeyAlias my-key
Host *
  User everyone
`);

  it("completes an alias, its key and its jump hosts", () => {
    const target = resolveHost("box", config, OPTIONS);
    expect(target).toMatchObject({
      host: "10.0.0.7",
      port: 2200,
      user: "alice",
      label: "box",
      keyNames: ["[10.0.0.7]:2200"],
      identities: ["/home/me/.ssh/box"],
    });
    expect(target.jumps.map(({ host, port, user }) => `${user}@${host}:${port}`)).toEqual([
      "everyone@hop.example.org:22",
      "eve@outer:2022",
    ]);
  });

  it("gives way to what is typed", () => {
    const target = resolveHost("bob@box:22", config, { ...OPTIONS, identity: "~/key", jump: "none" });
    expect(target).toMatchObject({
      user: "bob",
      port: 22,
      identities: ["/home/me/key", "/home/me/.ssh/box"],
      jumps: [],
    });
  });

  it("honours HostKeyAlias and the local user", () => {
    expect(resolveHost("aliased", config, OPTIONS).keyNames).toEqual(["my-key"]);
    expect(resolveHost("x", parse(""), OPTIONS).user).toBe("me");
  });

  it("notices jump hosts that lead in a circle", () => {
    const circle = parse("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
    expect(() => resolveHost("a", circle, OPTIONS)).toThrow(/circle/u);
  });
});
