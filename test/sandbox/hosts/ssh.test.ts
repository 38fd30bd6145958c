import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { makeHostKeys } from "../../../src/sandbox/hosts/ssh/host-keys.ts";
import { connect, exec, login, open } from "./client.ts";
import { fakeRegion } from "./fake-region.ts";
import type { FakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";

const SPEC = {
  instanceId: "i-0aa",
  hostname: "ip-172-31-7-7",
  privateIp: "172.31.7.7",
  availabilityZone: "eu-west-1a",
};

describe.each(ISOLATIONS)("SSH to an instance in %s", (isolation) => {
  let region: FakeRegion;
  let hosts: Hosts;
  let host: Host;
  beforeAll(async () => {
    region = fakeRegion();
    hosts = await openHosts({ directory: region.directory, gates: region.gates, isolation });
    host = await hosts.launch(SPEC);
  });
  afterAll(async () => {
    await hosts.close();
    region.remove();
  });

  test("runs a command as ec2-user and says how it ended", async () => {
    const client = await login(hosts, host, region.key.private);
    expect(await exec(client, "whoami; hostname; echo err >&2; exit 3")).toEqual({
      code: 3,
      signal: null,
      out: `ec2-user\n${SPEC.hostname}\n`,
      err: "err\n",
    });
    expect(await exec(client, "kill -KILL $$")).toMatchObject({ code: null, signal: "SIGKILL" });
    expect((await exec(client, "sudo -n whoami")).out).toBe("root\n");
    expect(
      (await exec(client, "cat /etc/system-release && cat ~/.bash_profile | wc -l && df / | wc -l")).out,
    ).toMatch(/^Amazon Linux release 2023 \(Amazon Linux\)\n\s*1\n\s*2\n$/u);
    client.end();
  });

  test("passes input on to its end, and any bytes either way", async () => {
    const client = await login(hosts, host, region.key.private);
    expect((await exec(client, "cat; echo end", "input\n")).out).toBe("input\nend\n");
    const bytes = randomBytes(6_000_000);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const channel = await open(client, "tee /dev/stderr | cat");
    channel.end(bytes);
    const [out, err] = [createHash("sha256"), createHash("sha256")];
    channel.on("data", (chunk: Buffer) => out.update(chunk));
    channel.stderr.on("data", (chunk: Buffer) => err.update(chunk));
    await once(channel, "close");
    expect([out.digest("hex"), err.digest("hex")]).toEqual([hash, hash]);
    client.end();
  });

  test("sends signals, and keeps a program alive whose connection is cut", async () => {
    const client = await login(hosts, host, region.key.private);
    const channel = await open(
      client,
      `trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.02; done`,
    );
    let out = "";
    channel.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await expect.poll(() => out).toBe("ready\n");
    channel.signal("TERM");
    const [code] = (await once(channel, "exit")) as [number];
    expect([code, out]).toEqual([5, "ready\ncaught\n"]);
    const lasting = await open(client, "echo $$; sleep 0.2; echo done >/tmp/lasted");
    await once(lasting, "data");
    client.end();
    const again = await login(hosts, host, region.key.private);
    await expect.poll(async () => (await exec(again, "cat /tmp/lasted")).out).toBe("done\n");
    again.end();
  });

  test("accepts LANG and LC_* from the environment, nothing else", async () => {
    const client = await login(hosts, host, region.key.private);
    const env = { LC_BERTOPS: "yes", LD_PRELOAD: "/no" };
    expect((await exec(client, `echo "$LC_BERTOPS [$LD_PRELOAD]"`, "", { env })).out).toBe("yes []\n");
    client.end();
  });

  test("gives a command a terminal, and a shell", async () => {
    const client = await login(hosts, host, region.key.private);
    const pty = { rows: 40, cols: 90, term: "vt100" };
    const told = await exec(client, "tty -s && stty size && echo $TERM && exit 4", "", { pty });
    expect(told).toMatchObject({ code: 4, out: "40 90\r\nvt100\r\n" });
    const shell = await new Promise<Awaited<ReturnType<typeof open>>>((resolve, reject) => {
      client.shell(pty, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
    });
    let out = "";
    shell.on("data", (chunk: Buffer) => (out += chunk.toString()));
    shell.write("echo answer $((6 * 7))\n");
    await expect.poll(() => out).toContain("answer 42");
    shell.setWindow(50, 100, 0, 0);
    await expect.poll(() => (shell.write("stty size\n"), out), { interval: 100 }).toContain("50 100");
    shell.write("exit 6\n");
    const [code] = (await once(shell, "exit")) as [number];
    expect(code).toBe(6);
    client.end();
  });

  test("refuses another key, another user, a password, and a key that is not proved", async () => {
    const [other] = makeHostKeys("other");
    await expect(login(hosts, host, other?.private ?? "")).rejects.toThrow(
      "All configured authentication methods failed",
    );
    for (const username of ["root", "webapp", "nobody-here"]) {
      await expect(login(hosts, host, region.key.private, { username })).rejects.toThrow("methods failed");
    }
    const { address } = host;
    const password = connect({ host: address, port: hosts.sshPort, username: "ec2-user", password: "x" });
    await expect(password).rejects.toThrow("methods failed");
    // Claims the authorised key, signs with another.
    const agent = new Impostor(region.key.public, other?.private ?? "");
    const impostor = connect({ host: host.address, port: hosts.sshPort, username: "ec2-user", agent });
    await expect(impostor).rejects.toThrow("methods failed");
    expect(agent.signed).toBe(1);
    region.authorized = [];
    await expect(login(hosts, host, region.key.private)).rejects.toThrow("methods failed");
    region.authorized = ["not a key", region.key.public];
    (await login(hosts, host, region.key.private)).end();
  });

  test("says nothing to a source that the security groups keep out", async () => {
    const asked: unknown[] = [];
    region.admits = (port, source) => {
      asked.push([port, source]);
      return false;
    };
    const socket = dial({ host: host.address, port: hosts.sshPort });
    let heard = 0;
    socket.on("data", (data) => (heard += data.length));
    socket.write("SSH-2.0-test\r\n");
    await wait(200);
    expect(heard).toBe(0);
    expect(socket.readyState).toBe("open");
    expect(asked).toEqual([[22, "127.0.0.1"]]);
    socket.destroy();
    region.admits = () => true;
  });

  test("answers again after a reboot with the same host keys, and not meanwhile", async () => {
    const client = await login(hosts, host, region.key.private);
    const cut = once(client, "close");
    const rebooting = host.reboot();
    await cut;
    await rebooting;
    const again = await login(hosts, host, region.key.private);
    expect((await exec(again, "echo up")).out).toBe("up\n");
    again.end();
  });

  test("each instance has an address of its own", async () => {
    const other = await hosts.launch({ ...SPEC, instanceId: "i-0bb", hostname: "other" });
    expect(other.address).not.toBe(host.address);
    const client = await login(hosts, other, region.key.private);
    expect((await exec(client, "hostname")).out).toBe("other\n");
    client.end();
    await other.terminate();
    await expect(login(hosts, other, region.key.private)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("SSH through a jump host", () => {
  test("reaches instances by their private addresses", async () => {
    const region = fakeRegion();
    const isolation = ISOLATIONS[0] ?? "prefix";
    const hosts = await openHosts({
      directory: region.directory,
      gates: region.gates,
      isolation,
      reach: "jump",
    });
    const host = await hosts.launch(SPEC);
    expect(host.address).toBe(SPEC.privateIp);
    const { jump } = hosts;
    if (jump === undefined) throw new Error("no jump host");
    const sources: string[] = [];
    region.admits = (_port, source) => sources.push(source) > 0;
    const way = await connect({ host: jump.address, port: jump.port, username: "anybody" });
    const through = (to: string): Promise<ssh2Stream> =>
      new Promise((resolve, reject) => {
        way.forwardOut("127.0.0.1", 0, to, hosts.sshPort, (error, stream) =>
          error === undefined ? resolve(stream) : reject(error),
        );
      });
    const client = await login(hosts, host, region.key.private, { sock: await through(host.address) });
    expect((await exec(client, "whoami")).out).toBe("ec2-user\n");
    expect(sources).toEqual(["127.0.0.1"]);
    await expect(through("172.31.99.99")).rejects.toThrow("Channel open failure");
    client.end();
    way.end();
    await hosts.close();
    region.remove();
  });
});

type ssh2Stream = Awaited<ReturnType<typeof open>>;

/** An agent that shows one public key and signs with another's private half. */
class Impostor extends ssh2.BaseAgent {
  signed = 0;
  readonly #shown: string;
  readonly #secret: string;

  constructor(shown: string, secret: string) {
    super();
    this.#shown = shown;
    this.#secret = secret;
  }

  override getIdentities(done: (error: Error | undefined, keys?: ssh2.ParsedKey[]) => void): void {
    done(undefined, [parsed(this.#shown)]);
  }

  override sign(_key: ssh2.ParsedKey, data: Buffer, options: unknown, done?: ssh2.SignCallback): void {
    this.signed += 1;
    const told = typeof options === "function" ? (options as ssh2.SignCallback) : done;
    told?.(undefined, parsed(this.#secret).sign(data));
  }
}

function parsed(text: string): ssh2.ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}
