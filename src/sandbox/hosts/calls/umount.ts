import { rmSync } from "node:fs";
import { posix } from "node:path";
import type { Mount } from "../mounts/mount-table.ts";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { realProgram } from "./real-program.ts";

const SPEC = {
  flags: {
    a: "all",
    f: "force",
    l: "lazy",
    n: "no-mtab",
    v: "verbose",
    r: "read-only",
    R: "recursive",
    q: "quiet",
  },
  values: { t: "types", O: "test-opts" },
};

/** umount(8). */
export const umount: Program = async (call, inside, voice) => {
  const { flags, values, operands, unknown } = parseOptions(call.words, SPEC);
  if (unknown !== undefined) return fail(voice, `umount: unrecognized option '${unknown}'`);
  if (call.user !== "root")
    return fail(voice, `umount: ${operands[0] ?? "/"}: must be superuser to unmount.`, 32);
  const types = values.get("types")?.flatMap((each) => each.split(","));
  const all = inside.mounts.mounts.filter((each) => types?.includes(each.type) ?? true).toReversed();
  if (flags.has("all")) {
    let code = 0;
    for (const mount of all) code = (await remove(mount, inside, flags.has("lazy"))) ? code : 16;
    return code;
  }
  if (operands.length === 0) return fail(voice, "umount: bad usage");
  let code = 0;
  for (const operand of operands) {
    const target = posix.resolve(call.directory, operand);
    const mount =
      inside.mounts.at(target) ?? inside.mounts.mounts.findLast((each) => each.source === operand);
    if (mount === undefined) {
      const real = realProgram("umount");
      // Not one of EFS: whatever else is mounted there is the kernel's.
      if (inside.machine.isolation !== "prefix" && real !== undefined && operands.length === 1)
        return { run: real };
      code = fail(voice, `umount: ${target}: not mounted.`, 32);
    } else if (!(await remove(mount, inside, flags.has("lazy")))) {
      code = fail(voice, `umount.nfs4: ${mount.target}: device is busy`, 16);
    }
  }
  return code;
};

async function remove(mount: Mount, inside: Inside, lazy: boolean): Promise<boolean> {
  if ((await inside.machine.detach(mount.target, lazy)) === "busy") return false;
  inside.mounts.remove(mount);
  if (mount.stateFile !== undefined) rmSync(inside.path(mount.stateFile), { force: true });
  return true;
}
