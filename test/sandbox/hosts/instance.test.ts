import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { fakeRegion } from "./fake-region.ts";
import type { FakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";
import { run } from "./run.ts";

const SPEC = {
  instanceId: "i-0aa",
  hostname: "ip-172-31-7-7.eu-west-1.compute.internal",
  privateIp: "172.31.7.7",
  availabilityZone: "eu-west-1a",
};

describe.each(ISOLATIONS)("an instance in %s", (isolation) => {
  let region: FakeRegion;
  let hosts: Hosts;
  let host: Host;
  beforeAll(async () => {
    region = fakeRegion();
    hosts = await openHosts({
      directory: region.directory,
      gates: region.gates,
      isolation,
      consoleDelay: 20,
    });
    host = await hosts.launch(SPEC);
  });
  afterAll(async () => {
    await hosts.close();
    region.remove();
  });

  test("says how a program ended", async () => {
    expect(await run(host, "echo out; echo err >&2; exit 7")).toEqual({
      code: 7,
      signal: null,
      out: "out\n",
      err: "err\n",
    });
    expect(await run(host, "kill -TERM $$")).toMatchObject({ code: null, signal: "SIGTERM" });
    expect((await run(host, "no-such-program")).code).toBe(127);
    expect((await run(host, "cat", "ec2-user", "given")).out).toBe("given");
  });

  test("gives each user a name, a home and a place to start from", async () => {
    for (const [user, home] of [
      ["root", "/root"],
      ["ec2-user", "/home/ec2-user"],
      ["webapp", "/home/webapp"],
    ] as const) {
      const { out } = await run(host, `whoami; id -un; echo "$USER"; pwd; hostname`, user);
      const [whoami, name, variable, place = "", hostname] = out.split("\n");
      expect([whoami, name, variable, hostname]).toEqual([user, user, user, SPEC.hostname]);
      expect(place.endsWith(home)).toBe(true);
    }
    expect((await run(host, "id -u; id -g", "webapp")).out).toBe("900\n900\n");
    expect((await run(host, "id -u; id -Gn", "ec2-user")).out).toBe(
      "1000\nec2-user adm wheel systemd-journal\n",
    );
  });

  test("lets ec2-user become anybody by sudo, and webapp nobody", async () => {
    expect(
      (await run(host, "sudo -n whoami; sudo -u webapp whoami; sudo -nu webapp -- id -u", "ec2-user")).out,
    ).toBe("root\nwebapp\n900\n");
    expect(await run(host, "sudo -n whoami", "webapp")).toMatchObject({
      code: 1,
      err: "sudo: a password is required\n",
    });
    expect(await run(host, "sudo -u nobody-here true")).toMatchObject({ code: 1 });
    expect(await run(host, "sudo -n no-such-thing", "ec2-user")).toMatchObject({
      code: 1,
      err: "sudo: no-such-thing: command not found\n",
    });
    expect((await run(host, "sudo sh -c 'exit 9'", "ec2-user")).code).toBe(9);
    expect((await run(host, "sudo -n cat", "ec2-user", "through")).out).toBe("through");
    expect(
      (
        await run(
          host,
          `A=1 sudo sh -c 'echo "[$A]"'; A=1 sudo -E sh -c 'echo "[$A]"'; sudo B=2 sh -c 'echo $B'`,
          "ec2-user",
        )
      ).out,
    ).toBe("[]\n[1]\n2\n");
    expect((await run(host, `su webapp -s /bin/sh -c 'whoami'; runuser -u webapp -- whoami`)).out).toBe(
      "webapp\nwebapp\n",
    );
  });

  test.runIf(isolation === "namespaces")("keeps users from each other's files", async () => {
    await run(host, "mkdir -p /var/app/current && echo secret >/root/secret && chmod 600 /root/secret");
    expect(await run(host, "cat /root/secret", "ec2-user")).toMatchObject({ code: 1 });
    expect(await run(host, "touch /etc/x; touch /var/app/current/x", "webapp")).toMatchObject({ code: 1 });
    expect((await run(host, "touch ~/mine && stat -c %U:%G ~/mine", "webapp")).out).toBe("webapp:webapp\n");
  });

  test("has files of its own, which this machine sees at `path`", async () => {
    const at = isolation === "prefix" ? `"$ROOT_PREFIX"` : "";
    await run(host, `echo text >${at}/var/log/own.log`);
    expect(readFileSync(host.path("/var/log/own.log"), "utf8")).toBe("text\n");
    expect(existsSync("/var/log/own.log")).toBe(false);
    expect((await run(host, `. ${at}/etc/os-release; echo "$PRETTY_NAME"`)).out).toBe("Amazon Linux 2023\n");
  });

  test("runs Node.js", async () => {
    expect((await run(host, "node -p 6*7", "webapp")).out).toBe("42\n");
  });

  test("gives a program its directory and environment, and ends its whole group", async () => {
    const child = host.spawn(["sh", "-c", `echo "$PWD $MODEL_ROOT"; sleep 100 & sleep 100`], {
      user: "webapp",
      cwd: "/var/app",
      env: { MODEL_ROOT: "/efs/models" },
    });
    const line = await new Promise<string>((resolve) =>
      child.stdout?.once("data", (data) => resolve(String(data))),
    );
    const prefix = isolation === "prefix" ? host.path("/").replace(/\/$/u, "") : "";
    expect(line).toBe(`${prefix}/var/app ${prefix}/efs/models\n`);
    expect(child.kill("SIGTERM")).toBe(true);
    // `close` comes only when the sleeper in the background has let go of stdout, too.
    const signal = await new Promise((resolve) => child.once("close", (_code, name) => resolve(name)));
    expect(signal).toBe("SIGTERM");
  });

  test("tells the environment's properties as Beanstalk does", async () => {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(host.path("/opt/elasticbeanstalk/deployment/env"), "PORT=8080\nGREETING=a=b c\n");
    const program = `${isolation === "prefix" ? `"$ROOT_PREFIX"` : ""}/opt/elasticbeanstalk/bin/get-config`;
    expect(await run(host, `${program} environment -k GREETING`)).toMatchObject({ code: 0, out: "a=b c\n" });
    expect((await run(host, `${program} environment`)).out).toBe(`{"PORT":"8080","GREETING":"a=b c"}\n`);
    expect((await run(host, `${program} environment -k NONE`)).code).toBe(1);
  });

  test("shows its host keys on its console", async () => {
    await expect.poll(() => host.consoleOutput()).toContain("-----END SSH HOST KEY KEYS-----");
    const console = host.consoleOutput();
    expect(console).toContain("-----BEGIN SSH HOST KEY FINGERPRINTS-----");
    expect(host.hostKeys.map((key) => key.split(" ")[0])).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256"]);
    for (const key of host.hostKeys) expect(console).toContain(key);
  });

  test("comes back from a reboot with its files, without its processes", async () => {
    const child = host.spawn(["sleep", "100"], { user: "root" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const seen: string[] = [];
    host.onBoot(() => {
      seen.push("booted");
      return Promise.resolve();
    });
    const at = isolation === "prefix" ? `"$ROOT_PREFIX"` : "";
    await run(host, `echo kept >${at}/var/lib/kept; echo lost >${at}/tmp/lost; echo lost >${at}/run/lost`);
    const keys = host.hostKeys;
    await host.reboot();
    await ended;
    expect(seen).toEqual(["booted"]);
    expect(host.hostKeys).toEqual(keys);
    expect((await run(host, `cat ${at}/var/lib/kept; ls ${at}/tmp ${at}/run/lost`)).out).toContain("kept\n");
    expect(existsSync(host.path("/run/lost"))).toBe(false);
    expect(existsSync(host.path("/tmp/lost"))).toBe(false);
  });

  test("reboots itself when root asks for it", async () => {
    const booted = new Promise<void>((resolve) => {
      host.onBoot(() => {
        resolve();
        return Promise.resolve();
      });
    });
    expect((await run(host, "sudo reboot", "ec2-user")).code).toBe(0);
    await booted;
    expect((await run(host, "echo up")).out).toBe("up\n");
  });

  test("ends a program that has only just begun, at whatever moment", async () => {
    for (let turn = 0; turn < 40; turn++) {
      const child = host.spawn(["sleep", `5${turn}.${process.pid}`], { user: "webapp" });
      const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
      if (turn >= 10) await new Promise((resolve) => setTimeout(resolve, (turn - 10) / 5));
      expect(child.kill("SIGTERM")).toBe(true);
      expect(await ended).not.toBe(0);
      await expect.poll(() => processes(`5${turn}.${process.pid}`)).toBe(0);
    }
  });

  test("says when it goes down, and is up again after a boot", async () => {
    const before = host.up;
    expect(before.aborted).toBe(false);
    await host.reboot();
    expect(before.aborted).toBe(true);
    expect(host.up.aborted).toBe(false);
  });

  test("ends a program that is stopped, too", async () => {
    const brief = await hosts.launch({ ...SPEC, instanceId: "i-0cc" });
    const child = brief.spawn(["sh", "-c", "echo stopping; kill -STOP $$; exec sleep 1000"], {
      user: "root",
    });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    await run(brief, "sleep 0.1");
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
    await brief.terminate();
    expect(await ended).not.toBe(0);
  });

  test("leaves nothing when it is terminated", async () => {
    const mounts = (): string =>
      existsSync("/proc/self/mounts") ? readFileSync("/proc/self/mounts", "utf8") : "";
    const before = mounts();
    const brief = await hosts.launch({ ...SPEC, instanceId: "i-0bb" });
    // One that runs from its session, and forgets its environment where a namespace holds it anyway.
    const escape = isolation === "prefix" ? "setsid" : "setsid env -i";
    await run(brief, `${escape} sleep 4321.${process.pid} >/dev/null 2>&1 </dev/null &`);
    await expect.poll(() => processes(`4321.${process.pid}`)).toBe(1);
    await brief.terminate();
    expect(processes(`4321.${process.pid}`)).toBe(0);
    expect(mounts()).toBe(before);
    expect(readdirSync(join(region.directory, "hosts"))).toEqual(["i-0aa"]);
    expect(() => brief.spawn(["true"], { user: "root" })).toThrow("not running");
  });
});

/** How many processes of this machine have that word in their arguments. */
function processes(word: string): number {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/u.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").includes(word);
    } catch {
      return false;
    }
  }).length;
}
