import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lacking } from "../hosts/debian/debian.ts";
import { type Bench, failuresLeaveTheHostAsItWas, mountEfs, REGION } from "../hosts/failures.ts";
import { ONE, type Outcome } from "../hosts/host.ts";
import { hostState } from "../hosts/host-state.ts";
import { answerOf } from "../hosts/run.ts";
import { NEEDS } from "../hosts/chroot/region.ts";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { MACHINE_NEEDS } from "./machine.ts";
import { eventually } from "./eventually.ts";
import { fstabSurvivesCuts } from "./fstab-cuts.ts";
import { publishedAt, pushModel, startSecondClient } from "./second-client.ts";
import { startVm, type VmHost } from "./vm-host.ts";

const without =
  process.arch === "x64" ? lacking([...NEEDS, ...MACHINE_NEEDS]) : `no x86-64 machine, but ${process.arch}`;
if (without !== undefined) console.log(`skipped: the virtual machine: ${without}`);

const LINE = `${ONE.id}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;
/** Seconds that a command may take where nothing is wrong. */
const AMPLE = ["--timeout", "300"];

describe.skipIf(without !== undefined)("an instance with a kernel, systemd and NFSv4.1 of its own", () => {
  let vm: VmHost;
  let bench: Bench;
  beforeAll(async () => {
    vm = await startVm();
    bench = { ...vm, host: vm };
  });
  afterAll(() => vm.close());
  afterEach(({ task }) => {
    if (task.result?.state === "fail") console.log(`the console's end:\n${vm.machine.console()}`);
  });

  const mount = (...flags: string[]): Promise<Outcome> => mountEfs(bench, [...flags, "--json"]);
  const onHost = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await vm.root(script);
    if (code !== 0) throw new Error(`${script}: ${code} ${stderr}`);
    return stdout.trim();
  };
  const readAhead = (): Promise<string> =>
    onHost("cat /sys/class/bdi/$(awk '$5 == \"/efs\" { print $3 }' /proc/self/mountinfo)/read_ahead_kb");

  it("installs the helper, mounts, writes fstab and the boot unit, and reads 15 MiB ahead", async () => {
    const outcome = await mount(...AMPLE);
    console.log(`first mount: ${seconds(outcome.took)}`);
    expect(answerOf(outcome)).toMatchObject({
      ok: true,
      instances: [
        { state: "mounted", fileSystem: ONE.id, fstab: LINE, fstabState: "written", boot: "written" },
      ],
    });
    expect(await onHost("findmnt -no FSTYPE,SOURCE,OPTIONS /efs")).toMatch(
      /^nfs4 +127\.0\.0\.1:\/ .*vers=4\.1,rsize=1048576,wsize=1048576,.*hard,noresvport.*port=20049/u,
    );
    expect(await onHost("cat /etc/fstab")).toBe(
      `# The disk of this machine\n/dev/vda\t/\text4\tdefaults\t0 0\n${LINE}`,
    );
    expect(await onHost("stat -c '%U:%G %a' /efs/models")).toBe("ec2-user:webapp 2755");
    expect(await readAhead()).toBe("15360");
    await vm.save("mounted");
  });

  it("changes nothing the second time", async () => {
    const before = await hostState(vm);
    const outcome = await mount(...AMPLE);
    console.log(`the second time: ${seconds(outcome.took)}`);
    expect(answerOf(outcome)["instances"]).toMatchObject([
      { state: "already-mounted", fstabState: "unchanged", boot: "unchanged" },
    ]);
    expect(await hostState(vm)).toBe(before);
  });

  it("is mounted after a reboot, reading as far ahead as before", async () => {
    const started = performance.now();
    await vm.reboot();
    console.log(`SSH after a reboot: ${seconds(performance.now() - started)}`);
    await eventually("mounted", async () => (await vm.root("findmnt -t nfs4 -M /efs")).code === 0);
    console.log(`mounted after a reboot: ${seconds(performance.now() - started)}`);
    await eventually("read-ahead", async () => (await readAhead()) === "15360");
    expect(answerOf(await mount("--check", ...AMPLE))).toMatchObject({ ok: true });
  });

  it("reaches SSH at a boot with the file system out of reach, and mounts by itself when it is back", async () => {
    await vm.target(ONE.address, "blocked");
    await vm.machine.powerCut();
    console.log(`SSH of a login user with the target blocked: ${seconds(await vm.answers("ec2-user"))}`);
    expect((await vm.root("findmnt -M /efs")).code).toBe(1);
    const check = await mount("--check", "--timeout", "60");
    expect(check.code).toBe(6);
    expect(answerOf(check)["instances"]).toMatchObject([
      { reason: "not-mounted", next: `bertops mount-efs ${REGION}` },
    ]);
    await vm.target(ONE.address, "up");
    const back = performance.now();
    await eventually(
      "mounted by itself",
      async () => (await vm.root("findmnt -t nfs4 -M /efs")).code === 0,
      240,
    );
    console.log(`mounted by itself after the target was back: ${seconds(performance.now() - back)}`);
    await eventually("read-ahead", async () => (await readAhead()) === "15360");
    expect(answerOf(await mount("--check", ...AMPLE))).toMatchObject({ ok: true });
  });

  it("says that a dead server hangs, in bounded time, and goes on when it is back", async () => {
    await vm.restore("mounted");
    await vm.region(`unserve ${ONE.address}`);
    await vm.root("echo 3 >/proc/sys/vm/drop_caches");
    // 5 where the whole time was used up before the host could say why.
    for (const [flag, exits] of [
      ["--check", [6]],
      ["--remount", [1, 5]],
    ] as const) {
      const outcome = await mount(flag, "--timeout", "60");
      console.log(`${flag} with a dead server: ${seconds(outcome.took)}`);
      expect(exits).toContain(outcome.code);
      expect(outcome.took).toBeLessThan(120_000);
      expect(answerOf(outcome)).toMatchObject({ ok: false });
    }
    const list = [
      "models",
      "list",
      "--host",
      `ec2-user@${vm.name}`,
      ...vm.login,
      "--json",
      "--timeout",
      "20",
    ];
    const models = await vm.bertops(list);
    console.log(`models list with a dead server: exit code ${models.code} after ${seconds(models.took)}`);
    expect(models.code).not.toBe(0);
    expect(models.took).toBeLessThan(60_000);
    await vm.region(`serve ${ONE.address}`);
    await eventually("an answer", async () => (await vm.root("timeout 5 ls /efs/models")).code === 0, 120);
    expect(answerOf(await mount("--check", ...AMPLE))).toMatchObject({ ok: true });
  });

  it("serves a model from NFS, and a second client of the export answers with what was pushed to the first", async () => {
    await vm.restore("mounted");
    const models = ["one", "two"].map((name) => path.join(vm.directory, name));
    await Promise.all(models.map((directory, index) => writeRandomModel(directory, 100 + index)));
    const [first = "", second = ""] = models;
    const before = await pushModel(vm, first);
    // Its caches stay as they are for ten minutes, unless the service itself has the server asked.
    const client = await startSecondClient(vm, ",actimeo=600");
    expect((await client.loads(1)).version).toBe(before);
    const loads = client.loads(2);
    const after = await pushModel(vm, second);
    const { version, at, took } = await loads;
    expect(version).toBe(after);
    const all = at - (await publishedAt(vm));
    console.log(
      `the second client had the new version ${all.toFixed(2)} s after the rename; loading took ${took.toFixed(2)} s of it`,
    );
    const { headers, body } = await client.similarity({ target: "a", texts: ["a", "b"] });
    expect(headers).toContain(`x-bertops-model-version: ${after}`);
    expect(body.context.sims[0]).toBeCloseTo(1, 3);
    for (const line of await client.log()) expect(JSON.parse(line)).toHaveProperty("message");
  });

  it("loads weights with its own reader as they are, beside mmap", async () => {
    await vm.restore("mounted");
    mkdirSync(path.join(vm.directory, "reading"), { recursive: true });
    const program = path.join(vm.directory, "reading", "read.mjs");
    writeFileSync(program, "");
    await onHost("head -c 134217728 /dev/urandom >/efs/models/weights && sync");
    const measure = async (what: string, command: string): Promise<string> => {
      await onHost("echo 3 >/proc/sys/vm/drop_caches");
      const [rate = "", hash = ""] = (await onHost(command)).split(" ");
      console.log(`128 MiB over NFSv4.1, ${what}: ${rate} MB/s`);
      return hash;
    };
    const ours = `/payload/node --input-type=module -e '
      import { createHash } from "node:crypto";
      const { readWholeFile } = await import("/payload/app/inference/read-file.js");
      const started = performance.now();
      const content = await readWholeFile("/efs/models/weights", { blockSize: 4194304, read() {} });
      const rate = content.length / 1000 / (performance.now() - started);
      console.log(rate.toFixed(1), createHash("sha256").update(content).digest("hex"));'`;
    const mapped = `python3 -c '
import hashlib, mmap, time
file = open("/efs/models/weights", "rb")
started = time.monotonic()
content = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
for at in range(0, len(content), 4096):
    content[at]
rate = len(content) / 1e6 / (time.monotonic() - started)
print(round(rate, 1), hashlib.sha256(content).hexdigest())'`;
    const small =
      "echo 128 >/sys/class/bdi/$(awk '$5 == \"/efs\" { print $3 }' /proc/self/mountinfo)/read_ahead_kb";
    const hashes = [await measure("our reader", ours), await measure("mmap, 15 MiB read ahead", mapped)];
    await onHost(small);
    hashes.push(await measure("mmap, 128 KiB read ahead, as NFS is mounted", mapped));
    hashes.push(await measure("our reader, 128 KiB read ahead", ours));
    expect(new Set(hashes)).toEqual(
      new Set([await onHost("sha256sum </efs/models/weights | cut -d ' ' -f 1")]),
    );
  });

  fstabSurvivesCuts(() => vm);

  describe("from the start", () => {
    beforeAll(() => vm.restore("booted"));
    failuresLeaveTheHostAsItWas(() => bench, { timeout: 60, slack: 60 });
  });
});

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
