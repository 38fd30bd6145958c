import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Event } from "../../src/events.ts";
import type { HostAccess } from "../../src/operations/hosts/host-access.ts";
import { mountAll, type MountResult } from "../../src/operations/mount/mount.ts";
import { connect } from "../../src/ssh/connect.ts";
import { credentials } from "../../src/ssh/credentials.ts";
import { knownHostsFiles } from "../../src/ssh/known-hosts-files.ts";
import { keyNamesOf } from "../../src/ssh/target.ts";
import { hostTrust } from "../../src/ssh/trust.ts";
import { ID, standInHost, type StandInHost } from "../plan/mount-script/stand-in-host.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { scriptedAsk } from "../ssh/voice.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const [REFUSING, SILENT, SLOW] = [2, 5, 7];
const SIGNAL = new AbortController().signal;

/** Ten OpenSSH servers, each before a host of its own, which runs the real mount script with stand-ins for mount and findmnt. */
describe.skipIf(noSshd !== undefined)("ten hosts at once", { timeout: 120_000 }, () => {
  const hosts: StandInHost[] = [];
  const servers: Sshd[] = [];
  let silent: net.Server | undefined;

  beforeAll(async () => {
    for (let index = 0; index < 10; index += 1) {
      const host = standInHost();
      hosts.push(host);
      servers.push(
        await startSshd({
          environment: { ROOT_PREFIX: host.root, PATH: `${host.root}/bin:${host.root}/tools` },
        }),
      );
    }
  }, 60_000);
  afterAll(async () => {
    silent?.close();
    await Promise.all(servers.map(removeSshd));
    for (const host of hosts) host.remove();
  });

  function access(emit: (event: Event) => void): readonly HostAccess[] {
    const ask = scriptedAsk({});
    return servers.map((sshd, index) => ({
      id: `host-${index}`,
      host: "127.0.0.1",
      user: sshd.user,
      connect: (signal) =>
        connect(
          {
            host: "127.0.0.1",
            port: sshd.port,
            user: sshd.user,
            label: `host-${index}`,
            keyNames: keyNamesOf("127.0.0.1", sshd.port),
            identities: [sshd.identity],
            jumps: [],
          },
          {
            trust: hostTrust({
              knownHosts: knownHostsFiles({ read: [sshd.knownHosts], write: sshd.knownHosts }),
              ask,
              emit,
            }),
            credentials: credentials({ ask, emit, home: sshd.directory }),
            signal,
            // Long enough for a busy machine to log in; what is silent is given up after it.
            timeout: 15_000,
          },
        ),
    }));
  }
  function mount(emit: (event: Event) => void): Promise<MountResult> {
    return mountAll(access(emit), {
      parameters: {
        fileSystem: ID,
        mountPoint: "/efs",
        region: "eu-west-1",
        wait: 1,
        pause: 1,
        group: servers[0]!.user,
      },
      wait: 2000,
      slowAfter: 100,
      emit,
      signal: SIGNAL,
    });
  }

  it("mounts eight, tells of the slow one and of the two that are dead, and takes no longer than the slow one", async () => {
    await servers[REFUSING]!.stop();
    await servers[SILENT]!.stop();
    // It accepts connections, and that is all it does.
    silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent!.listen(servers[SILENT]!.port, "127.0.0.1", resolve);
    });
    const slow = hosts[SLOW]!;
    const quick = slow.read("bin/mount");
    slow.program("mount", `while [ ! -e "$ROOT_PREFIX/log/go" ]; do sleep 0.1; done\n${quick}`);

    const events: Event[] = [];
    const ended: string[] = [];
    const told: string[] = [];
    let endedBefore = 0;
    const { instances, exitCode } = await mount((event) => {
      events.push(event);
      if (event.type === "step" && event.state !== "started") ended.push(event.id);
      // The slow one goes on only now, when all others have come to their end: one after the other, they never would.
      if (event.type === "note" && event.message === `Still at work: host-${SLOW}. The others are done.`) {
        told.push(event.message);
        endedBefore = ended.length;
        slow.write("log/go", "");
      }
    });
    expect(told).toHaveLength(1);
    expect(endedBefore).toBe(9);
    expect(ended.at(-1)).toBe(`mount host-${SLOW}`);
    expect(exitCode).toBe(1);
    const dead = instances.filter(({ state }) => state !== "mounted");
    expect(dead.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      [`host-${REFUSING}`, "failed", "ssh-unreachable"],
      [`host-${SILENT}`, "failed", "ssh-unreachable"],
    ]);
    expect(dead.map(({ message }) => message)).toEqual([
      expect.stringContaining("refuses connections"),
      expect.stringContaining("did not answer within 15 s"),
    ]);
    expect(instances.filter(({ state }) => state === "mounted")).toHaveLength(8);
  });

  it("finishes the rest by the same command, and leaves the eight alone", async () => {
    silent!.close();
    for (const index of [REFUSING, SILENT])
      servers[index] = await startSshd({
        from: servers[index]!,
        environment: {
          ROOT_PREFIX: hosts[index]!.root,
          PATH: `${hosts[index]!.root}/bin:${hosts[index]!.root}/tools`,
        },
      });
    const { instances, exitCode } = await mount(() => undefined);
    expect(exitCode).toBe(0);
    expect(instances.map(({ state }) => state)).toEqual(
      Array.from({ length: 10 }, (_, index) =>
        index === REFUSING || index === SILENT ? "mounted" : "already-mounted",
      ),
    );
    for (const host of hosts) expect(host.read("log/mount").trim().split("\n")).toHaveLength(1);
  });
});
