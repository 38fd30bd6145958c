import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { mountHook, mountScript } from "../../../src/plan/mount-script.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { exec, login } from "./client.ts";
import { fakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";
import { run } from "./run.ts";

const ID = "fs-0abc";
const HOOK = "/var/app/staging/.platform/hooks/prebuild/10_mount_efs.sh";

test.each(ISOLATIONS)(
  "bertops' own script mounts in %s: over SSH, at a boot, as a hook",
  async (isolation) => {
    const region = fakeRegion();
    region.fileSystem(ID);
    const hosts = await openHosts({ directory: region.directory, gates: region.gates, isolation });
    const spec = { instanceId: "i-0aa", hostname: "first", privateIp: "172.31.7.7", availabilityZone: "" };
    const host = await hosts.launch(spec);
    const client = await login(hosts, host, region.key.private);
    const script = mountScript({ fileSystem: ID, region: "eu-west-1" });
    for (const state of ["mounted", "already-mounted"]) {
      const told = await exec(client, "sudo -n sh -s", script);
      expect(told).toMatchObject({ code: 0, err: "" });
      expect(JSON.parse(told.out.split("bertops-result: ")[1] ?? "")).toMatchObject({
        state,
        mountPoint: "/efs",
        type: "nfs4",
      });
    }
    expect(
      (await exec(client, "cat /etc/fstab; df /efs; ls /efs; touch /efs/models/mine && echo written")).out,
    ).toMatch(/fs-0abc:\/ \/efs efs .*nofail 0 0\n[^]*127\.0\.0\.1:\/ [^]*\nmodels\nwritten\n$/u);
    client.end();
    await host.reboot();
    expect((await run(host, "findmnt -no TARGET,SOURCE /efs")).out).toBe("/efs 127.0.0.1:/\n");

    const second = await hosts.launch({ ...spec, instanceId: "i-0bb", hostname: "second" });
    mkdirSync(dirname(second.path(HOOK)), { recursive: true });
    writeFileSync(second.path(HOOK), mountHook());
    chmodSync(second.path(HOOK), 0o755);
    const hook = second.spawn([HOOK], {
      user: "root",
      cwd: "/var/app/staging",
      env: {
        BERTOPS_FILE_SYSTEM: ID,
        BERTOPS_MOUNT_POINT: "/efs",
        MODEL_ROOT: "/efs/models",
        AWS_REGION: "eu-west-1",
      },
    });
    const code = new Promise((resolve) => hook.once("close", resolve));
    const said = hook.stdout === null ? "" : await text(hook.stdout);
    expect([await code, said]).toEqual([0, expect.stringContaining(`"state":"mounted"`)]);
    expect(readFileSync(second.path("/etc/fstab"), "utf8")).toContain(`${ID}:/ /efs efs`);
    await hosts.close();
    region.remove();
  },
);
