import { beforeAll, describe, expect, it } from "vitest";
import { ONE, type Outcome, type TestHost, TWO, UNKNOWN } from "./host.ts";
import { hostState } from "./host-state.ts";
import { answerOf, type Bertops } from "./run.ts";

/** A host and the bertops that logs in to it. */
export interface Bench {
  readonly host: TestHost;
  readonly bertops: Bertops;
  readonly login: readonly string[];
}

/** Where there is systemd: the half minute's look is in the middle of its work, and stays there until it is ended. */
const LOOK_AT_WORK = String.raw`
[ -d /run/systemd/system ] || exit 0
mkdir -p /run/systemd/system/bertops-mount-efs.service.d
printf '[Service]\nExecStart=\nExecStart=/bin/sleep 900\n' >/run/systemd/system/bertops-mount-efs.service.d/slow.conf
systemctl daemon-reload
systemctl start --no-block bertops-mount-efs.service
until systemctl show -p SubState --value bertops-mount-efs.service | grep -qx start; do sleep 0.2; done
`;
const LOOK_AS_WRITTEN = String.raw`
[ -d /run/systemd/system ] || exit 0
rm -r /run/systemd/system/bertops-mount-efs.service.d
systemctl daemon-reload
`;

/** The region that is typed, and that the next commands carry on. */
export const REGION = "--region eu-west-1";

/** `mount-efs` as a person types it for one host, and what it said. */
export async function mountEfs(
  { host, bertops, login }: Bench,
  flags: readonly string[],
  options: { user?: string; fileSystem?: string | undefined; limit?: number } = {},
): Promise<Outcome> {
  const { user = "ec2-user", fileSystem = ONE.id, limit = 600_000 } = options;
  const words = [
    "mount-efs",
    "--host",
    `${user}@${host.name}`,
    "--file-system",
    fileSystem,
    ...REGION.split(" "),
  ];
  return bertops([...words, ...login, ...flags], { limit });
}

/** A way in which mounting fails, as the field reports it. */
interface Failure {
  readonly what: string;
  readonly flags?: readonly string[];
  readonly fileSystem?: string;
  /** Brings the host into it, and back. */
  readonly before?: (host: TestHost) => Promise<unknown>;
  readonly after?: (host: TestHost) => Promise<unknown>;
  /** What bertops says: the script's exit code and word, the next command, a part of the message. */
  readonly code: number;
  readonly reason: string;
  readonly next: string;
  readonly message: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    what: "a file system that no name server knows",
    fileSystem: UNKNOWN.id,
    code: 30,
    reason: "no-dns",
    next: "bertops doctor",
    message: /Failed to resolve/u,
  },
  {
    what: "a security group that drops port 2049",
    before: (host) => host.target(ONE.address, "blocked"),
    after: (host) => host.target(ONE.address, "up"),
    code: 31,
    reason: "unreachable",
    next: "bertops doctor",
    message: /10\.77\.0\.11 does not answer on port 2049/u,
  },
  {
    what: "the same by address",
    flags: ["--mount-target-ip", ONE.address],
    before: (host) => host.target(ONE.address, "blocked"),
    after: (host) => host.target(ONE.address, "up"),
    code: 31,
    reason: "unreachable",
    next: "bertops doctor",
    message: /10\.77\.0\.11 does not answer on port 2049/u,
  },
  {
    what: "a mount target that refuses",
    before: (host) => host.target(ONE.address, "refused"),
    after: (host) => host.target(ONE.address, "up"),
    code: 31,
    reason: "unreachable",
    next: "bertops doctor",
    message: /10\.77\.0\.11 does not answer on port 2049/u,
  },
  {
    what: "iam on an instance without credentials",
    flags: ["--iam"],
    code: 44,
    reason: "no-instance-credentials",
    next: "bertops doctor",
    message: /Access Key ID and Secret Access Key are not found/u,
  },
  {
    what: "a mount point below a file",
    flags: ["--mount-point", "/etc/hostname/efs"],
    code: 41,
    reason: "no-mount-point",
    next: "bertops mount-efs",
    message: /cannot create \/etc\/hostname\/efs/u,
  },
  {
    what: "a mount point at which fstab has another disk",
    before: (host) =>
      host.root("cp -p /etc/fstab /etc/.kept; printf '/dev/vdc /efs xfs defaults 0 2' >>/etc/fstab"),
    after: (host) => host.root("mv /etc/.kept /etc/fstab"),
    code: 61,
    reason: "fstab-taken",
    next: "bertops mount-efs --mount-point /mnt/efs",
    message: /another/u,
  },
  {
    what: "a package that no repository has",
    before: (host) =>
      host.root(
        "sed -i s,packages$,packages-none, /etc/yum.repos.d/local.repo; dnf remove -y -q amazon-efs-utils",
      ),
    after: (host) =>
      host.root(
        "sed -i s,packages-none$,packages, /etc/yum.repos.d/local.repo; dnf install -y -q amazon-efs-utils",
      ),
    code: 20,
    reason: "no-package",
    next: "bertops mount-efs --plain-nfs",
    message: /repositories have no amazon-efs-utils/u,
  },
];

/** Seconds for a failure to be told, as `--timeout`, and what may come on top: logging in, undoing, a slow machine. */
export interface Pace {
  readonly timeout: number;
  readonly slack: number;
}

/**
 * Every failure of the field's table, one after the other on a host that has the helper and nothing mounted: each ends with
 * bertops' own words, in bounded time, and leaves the host as it was.
 */
export function failuresLeaveTheHostAsItWas(bench: () => Bench, pace: Pace): void {
  describe("what can fail, each with its own words, in bounded time, and the host as it was", () => {
    let before = "";
    beforeAll(async () => {
      const mounted = await mountEfs(bench(), ["--json"]);
      expect(answerOf(mounted)).toMatchObject({ ok: true });
      const away = await mountEfs(bench(), ["--unmount", "--yes", "--json"]);
      expect(answerOf(away)).toMatchObject({ ok: true, instances: [{ state: "unmounted" }] });
      before = await hostState(bench().host);
    });

    it.each(FAILURES)(
      "$what: $reason",
      async ({ flags = [], fileSystem, before: into, after, code, ...told }) => {
        const { host } = bench();
        await into?.(host);
        const during = await hostState(host);
        const outcome = await mountEfs(bench(), [...flags, "--json", "--timeout", String(pace.timeout)], {
          fileSystem,
        });
        const left = await hostState(host);
        await after?.(host);
        expect(outcome.code).toBe(1);
        const [instance] = answerOf(outcome)["instances"];
        const next = `${told.next} ${REGION}`;
        expect(instance).toMatchObject({ state: "failed", reason: told.reason, code, next });
        expect(instance.message).toMatch(told.message);
        expect(instance.remedy).not.toBe("");
        expect(left).toBe(during);
        expect(outcome.took).toBeLessThan((pace.timeout + pace.slack) * 1000);
        expect(await hostState(host)).toBe(before);
      },
    );

    it("tells a person the same, with the next command", async () => {
      const { host } = bench();
      await host.target(ONE.address, "blocked");
      const outcome = await mountEfs(bench(), ["--timeout", String(pace.timeout)]);
      await host.target(ONE.address, "up");
      expect(outcome.code).toBe(1);
      expect(outcome.stdout).toMatch(
        /^FAILED ec2-user@\S+ {2}\S+ {2}10\.77\.0\.11 does not answer on port 2049\n {2}Let the instances' security group .*\n {2}Next: bertops doctor --region eu-west-1\nMounted on 0 of 1\. When the cause is mended: bertops mount-efs --region eu-west-1\n/u,
      );
      expect(await hostState(host)).toBe(before);
    });
  });

  describe("what can fail with the file system mounted", () => {
    let before = "";
    beforeAll(async () => {
      expect(answerOf(await mountEfs(bench(), ["--json"]))).toMatchObject({ ok: true });
      before = await hostState(bench().host);
    });

    it("refuses another file system at the same place, though the helper would say that all is well", async () => {
      const { host } = bench();
      const helper = await host.root(`mount -t efs -o tls ${TWO.id}:/ /efs`);
      expect(helper).toMatchObject({ code: 0, stdout: expect.stringContaining("already mounted") });
      const outcome = await mountEfs(bench(), ["--json"], { fileSystem: TWO.id });
      expect(outcome.code).toBe(1);
      expect(answerOf(outcome)["instances"][0]).toMatchObject({
        reason: "other-file-system",
        code: 11,
        message: expect.stringContaining(`${ONE.id} is mounted at /efs, not ${TWO.id}`),
      });
      expect(await hostState(host)).toBe(before);
    });

    it("does not unmount from under a program, and names it", async () => {
      const { host } = bench();
      await host.root("cd /efs/models && setsid sleep 1000 </dev/null >/dev/null 2>&1 &");
      expect(await host.root(LOOK_AT_WORK)).toMatchObject({ code: 0 });
      const outcome = await mountEfs(bench(), ["--unmount", "--yes", "--json"]);
      await host.root(LOOK_AS_WRITTEN);
      await host.root("pkill -x sleep -f 'sleep 1000'");
      expect(outcome.code).toBe(1);
      expect(answerOf(outcome)["instances"][0]).toMatchObject({
        reason: "busy",
        code: 71,
        message: expect.stringMatching(/in use by sleep \(pid \d+, root\)/u),
      });
      expect(await hostState(host)).toBe(before);
      expect(answerOf(await mountEfs(bench(), ["--check", "--json"]))).toMatchObject({ ok: true });
    });
  });
}
