import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";

const SOURCES = fileURLToPath(new URL("../../../src/sandbox/hosts/open-hosts.ts", import.meta.url));
const vite = createRequire(createRequire(import.meta.url).resolve("vitest/package.json")).resolve("vite");

/** A sandbox in a process of its own, so that it can be killed; it says when its instance runs. */
const OWNER = `
const { runnerImport } = await import(process.argv[1]);
const { module } = await runnerImport(process.argv[2], { configFile: false, logLevel: "error" });
const [directory, isolation, word] = process.argv.slice(3);
const gates = { regionName: "eu-west-1", authorizedKeys: () => [], admits: () => true, mount: () => ({ state: "ok", directory }) };
const hosts = await module.openHosts({ directory, gates, isolation });
const host = await hosts.launch({ instanceId: "i-0aa", hostname: "doomed", privateIp: "172.31.0.1", availabilityZone: "" });
const run = (command) => new Promise((resolve) => host.spawn(["sh", "-c", command], { user: "root" }).once("close", resolve));
const at = isolation === "prefix" ? "$ROOT_PREFIX" : "";
await run("dnf install -qy amazon-efs-utils; mkdir " + at + "/efs; mount -t efs -o tls fs-0a:/ /efs");
await run("setsid sleep " + word + " </dev/null >/dev/null 2>&1 &");
host.spawn(["sleep", word], { user: "ec2-user" });
const stopped = host.spawn(["sh", "-c", "echo stopping; kill -STOP $$; : " + word], { user: "root" });
await new Promise((resolve) => stopped.stdout.once("data", resolve));
console.log("running");
setInterval(() => undefined, 1000);
`;

describe.skipIf(process.platform !== "linux").each(ISOLATIONS)(
  "when the sandbox is killed, in %s",
  (isolation) => {
    test("nothing of its instances remains", async () => {
      const region = fakeRegion();
      const word = `4322.${process.pid}${ISOLATIONS.indexOf(isolation)}`;
      const owner = spawn(
        process.execPath,
        ["--input-type=module", "-e", OWNER, vite, SOURCES, region.directory, isolation, word],
        {
          stdio: ["ignore", "pipe", "inherit"],
          cwd: dirname(SOURCES),
        },
      );
      const lines = createInterface(owner.stdout);
      await new Promise<void>((resolve, reject) => {
        lines.on("line", (line) => (line === "running" ? resolve() : undefined));
        owner.once("exit", () => reject(new Error("the owner ended early")));
      });
      // The owner itself, and two sleepers at least.
      await expect.poll(() => processes(word)).toBeGreaterThanOrEqual(3);
      owner.kill("SIGKILL");
      await expect.poll(() => processes(word)).toBe(0);
      await expect.poll(() => processes(region.directory)).toBe(0);
      await expect.poll(() => existsSync(join(region.directory, "hosts"))).toBe(false);
      expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(region.directory);
      // What was mounted is not what was removed.
      expect(existsSync(region.directory)).toBe(true);
      region.remove();
    });
  },
);

/** How many processes of this machine have that in their arguments. */
function processes(word: string): number {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/u.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word);
    } catch {
      return false;
    }
  }).length;
}
