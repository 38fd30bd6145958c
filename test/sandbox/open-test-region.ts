import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, Hosts } from "../../src/sandbox/hosts/host.ts";
import { openRegion, type OpenRegion } from "../../src/sandbox/open-region.ts";
import { FAST_TIMINGS, type Timings } from "../../src/sandbox/timings.ts";

/** A region for the tests of its services, and what a client of the SDK needs to reach it. */
export interface TestRegion extends OpenRegion {
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: 1;
  };
}

/** Opens a region on a free port. Its instances only exist: that they run is the business of the hosts' own tests. */
export async function openTestRegion(
  options: { readonly name?: string; readonly timings?: Partial<Timings> } = {},
): Promise<TestRegion> {
  const directory = await mkdtemp(join(tmpdir(), "bertops-region-"));
  const name = options.name ?? "eu-west-1";
  const opened = await openRegion({
    directory,
    name,
    timings: { ...FAST_TIMINGS, ...options.timings },
    openHosts: () => Promise.resolve(idleHosts()),
  });
  const { accessKeyId, secretAccessKey } = opened;
  return {
    ...opened,
    client: {
      endpoint: opened.region.endpoint,
      region: name,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    },
    async close() {
      await opened.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function idleHosts(): Hosts {
  let count = 0;
  return {
    isolation: "prefix",
    sshPort: 22,
    close: () => Promise.resolve(),
    launch({ instanceId, hostname }) {
      count += 1;
      const host: Host = {
        instanceId,
        address: `127.88.0.${count}`,
        up: new AbortController().signal,
        hostKeys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI root@${hostname}`],
        consoleOutput: () => `${hostname} login:`,
        path: (inside) => inside,
        spawn: () => {
          throw new Error("this host runs nothing");
        },
        onBoot: () => {},
        connect: (stream) => void stream.destroy(),
        reboot: () => Promise.resolve(),
        terminate: () => Promise.resolve(),
      };
      return Promise.resolve(host);
    },
  };
}

/** Asks again until the answer is there; the test's own timeout ends it. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
