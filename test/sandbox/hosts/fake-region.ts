import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import type { HostGates, MountAnswer, MountRequest } from "../../../src/sandbox/hosts/host.ts";
import { makeHostKeys } from "../../../src/sandbox/hosts/ssh/host-keys.ts";

/** The address of every file system's mount target. */
const MOUNT_TARGET = "172.31.9.9";

/** What tests tell hosts about a region, and may change at any time. */
export interface FakeRegion {
  readonly directory: string;
  readonly gates: HostGates;
  /** A key pair that may log in as ec2-user. */
  readonly key: { readonly private: string; readonly public: string };
  authorized: string[];
  admits: (port: number, source: string) => boolean;
  /** What a mount meets instead of its file system. */
  answer: ((request: MountRequest) => MountAnswer | undefined) | undefined;
  /** Makes a file system; its directory. */
  fileSystem(id: string): string;
  remove(): void;
}

export function fakeRegion(): FakeRegion {
  const directory = mkdtempSync(join(tmpdir(), "bertops-hosts-"));
  const fileSystems = new Map<string, string>();
  const [key] = makeHostKeys("tester");
  if (key === undefined || ssh2.utils.parseKey(key.private) instanceof Error) throw new Error("no key");
  const region: FakeRegion = {
    directory,
    key,
    authorized: [key.public],
    admits: () => true,
    answer: undefined,
    gates: {
      regionName: "eu-west-1",
      authorizedKeys: (_instanceId, user) => (user === "ec2-user" ? region.authorized : []),
      admits: (_instanceId, port, source) => region.admits(port, source),
      mount: (_instanceId, request) => {
        const answer = region.answer?.(request);
        if (answer !== undefined) return answer;
        const known = request.fileSystemId !== "" || request.mountTargetIp !== MOUNT_TARGET;
        const found = known ? fileSystems.get(request.fileSystemId) : [...fileSystems.values()][0];
        return found === undefined
          ? { state: "unknown-name" }
          : { state: "ok", directory: found, ip: MOUNT_TARGET };
      },
    },
    fileSystem(id) {
      const place = join(directory, "file-systems", id);
      mkdirSync(place, { recursive: true });
      fileSystems.set(id, place);
      return place;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  return region;
}
