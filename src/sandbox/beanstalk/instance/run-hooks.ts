import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { HookStage } from "./deployment-step.ts";
import { fail, runAsRoot, type InstanceDeployment } from "./instance-deployment.ts";
import { appendLog, engineLog, HOOKS_LOG } from "./instance-log.ts";

async function filesOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a stage's hooks as root in lexical order; the first that fails ends the deployment. */
export async function runHooks(
  deployment: InstanceDeployment,
  { directory, stage, cwd }: { readonly directory: string; readonly stage: HookStage; readonly cwd: string },
): Promise<void> {
  const { host } = deployment;
  const place = `.platform/${directory}/${stage}`;
  const names = (await filesOf(host.path(join(cwd, place)))).toSorted((a, b) => (a < b ? -1 : 1));
  engineLog(host, "INFO", `Executing platform hooks in ${place}/: ${names.length} found`);
  for (const name of names) {
    const hook = `${place}/${name}`;
    const inside = join(cwd, hook);
    if (!(await isExecutable(host.path(inside)))) {
      fail(deployment, `Command ${hook} failed with error fork/exec ${hook}: permission denied`);
    }
    engineLog(host, "INFO", `Running platform hook: ${hook}`);
    const { code, output } = await runAsRoot(deployment, [inside], { cwd });
    appendLog(host, HOOKS_LOG, output);
    if (code !== 0) {
      fail(deployment, `Command ${hook} failed with error exit status ${code}`, output);
    }
  }
}
