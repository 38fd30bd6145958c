import { beforeAll, describe, expect, it } from "vitest";
import { mountEfs } from "../hosts/failures.ts";
import { ONE } from "../hosts/host.ts";
import { answerOf } from "../hosts/run.ts";
import type { VmHost } from "./vm-host.ts";

const OLD = "# The disk of this machine\n/dev/vda\t/\text4\tdefaults\t0 0\n";
const NEW = `${OLD}${ONE.id}:/ /efs efs _netdev,noresvport,tls,nofail 0 0\n`;

/**
 * The programs that replace fstab, in their order, and what is there once each has done its part: the copy beside it is made,
 * filled, made durable, has the name, and the name is durable.
 */
const MOMENTS = [
  { after: "cp", left: [OLD] },
  { after: "awk", left: [OLD] },
  { after: "dd", left: [OLD] },
  { after: "mv", left: [NEW] },
  { after: "sync", left: [NEW] },
];
/** A name that is not durable yet may be lost with the power. */
const POWER_MOMENTS = MOMENTS.map((moment) =>
  moment.after === "mv" ? { ...moment, left: [OLD, NEW] } : moment,
);

/** Stands before a program in PATH; ends the run, or all of the machine, as soon as the program that CUT_AFTER names is done with fstab. */
const CUTTER = `#!/bin/sh
name=\${0##*/}
"/usr/bin/$name" "$@"
code=$?
[ "$name" = "$CUT_AFTER" ] || exit "$code"
case "$name $*" in
  *fstab.bertops.* | "sync -d /etc") ;;
  awk*) ls /etc/fstab.bertops.* >/dev/null 2>&1 || exit "$code" ;;
  *) exit "$code" ;;
esac
case $CUT_HOW in
  power) echo b >/proc/sysrq-trigger; sleep 60 ;;
  *) kill -s KILL -- "-$CUT_GROUP" ;;
esac
`;

/** What `mount-efs` runs on a host is ended at each moment at which fstab changes, on a machine with the file system mounted. */
export function fstabSurvivesCuts(vm: () => VmHost): void {
  describe("fstab is the old file or the new one, whole, however the run ends", () => {
    const onHost = async (script: string): Promise<string> => {
      const { code, stdout, stderr } = await vm().root(script);
      if (code !== 0) throw new Error(`${script}: ${code} ${stderr}`);
      return stdout;
    };
    /** Runs the script with the cut; resolves when it, or the machine, has ended. */
    const runUntil = (cut: string, how: "kill" | "power"): Promise<unknown> =>
      vm().root(
        `CUT_AFTER=${cut} CUT_HOW=${how} PATH=/root/cut:$PATH setsid sh -c 'export CUT_GROUP=$$; exec sh /root/script.sh' >/root/said 2>&1 </dev/null & wait`,
      );

    beforeAll(async () => {
      await vm().restore("mounted");
      const script = (await mountEfs({ ...vm(), host: vm() }, ["--dry-run"])).stdout;
      await onHost(`cat >/root/script.sh <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);
      await onHost(`mkdir /root/cut; cat >/root/cut/cp <<'END_OF_CUTTER'\n${CUTTER}\nEND_OF_CUTTER
        chmod +x /root/cut/cp; for name in awk dd mv sync; do cp /root/cut/cp "/root/cut/$name"; done
        printf '%s' '${OLD}' >/etc/fstab; sync`);
      await vm().save("uncut");
    });

    it.each(MOMENTS)("SIGKILL after $after", async ({ after, left }) => {
      await onHost(`printf '%s' '${OLD}' >/etc/fstab`);
      await runUntil(after, "kill");
      expect(left).toContain(await onHost("cat /etc/fstab"));
      expect(await onHost("cat /root/said")).not.toContain("bertops-result");
    });

    it.each(POWER_MOMENTS)("the power goes after $after", async ({ after, left }) => {
      await vm().restore("uncut");
      await vm().machine.powerCutBy(() => runUntil(after, "power"));
      const fstab = vm().machine.recovered("/etc/fstab");
      console.log(`fstab after ${after} and a power cut: the ${fstab === OLD ? "old" : "new"} file`);
      expect(left).toContain(fstab);
    });

    it("boots after a cut that left a copy beside it, and the same command finishes and takes the copy away", async () => {
      await vm().restore("uncut");
      await vm().machine.powerCutBy(() => runUntil("dd", "power"));
      await vm().machine.powerCut();
      await vm().answers();
      await vm().settled();
      expect(await onHost("cat /etc/fstab")).toBe(OLD);
      expect(Number(await onHost("ls /etc | grep -c '^fstab.bertops'"))).toBe(1);
      const mounted = await mountEfs({ ...vm(), host: vm() }, ["--json", "--timeout", "300"]);
      expect(answerOf(mounted)).toMatchObject({ ok: true, instances: [{ fstabState: "written" }] });
      expect(await onHost("cat /etc/fstab")).toBe(NEW);
      expect(await onHost("ls /etc | grep fstab")).toBe("fstab\n");
    });
  });
}
