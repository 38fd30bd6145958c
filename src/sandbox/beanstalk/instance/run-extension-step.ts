import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { STAGING } from "./deployment-step.ts";
import type { ExtensionCommand, ExtensionFile } from "./extension.ts";
import { fail, runAsRoot, type InstanceDeployment } from "./instance-deployment.ts";
import { appendLog, engineLog } from "./instance-log.ts";

const INIT_LOG = "/var/log/cfn-init.log";

/** Installs packages that a configuration file names. */
export async function installPackages(
  deployment: InstanceDeployment,
  names: readonly string[],
): Promise<void> {
  const { code, output } = await runAsRoot(deployment, ["dnf", "install", "-y", ...names], { cwd: "/" });
  appendLog(deployment.host, INIT_LOG, output);
  if (code !== 0) {
    fail(deployment, `Yum does not have ${names.join(", ")} available for installation`, output);
  }
}

/** Writes a file that a configuration file holds. */
export async function writeExtensionFile(deployment: InstanceDeployment, file: ExtensionFile): Promise<void> {
  const path = deployment.host.path(file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, file.content);
  await chmod(path, Number.parseInt(file.mode, 8) & 0o7777);
  if (deployment.isolation === "namespaces") {
    const { code, output } = await runAsRoot(
      deployment,
      ["chown", `${file.owner}:${file.group}`, file.path],
      {
        cwd: "/",
      },
    );
    if (code !== 0) {
      fail(deployment, `Failed to set the owner of ${file.path}`, output);
    }
  }
}

/** Runs a command of a configuration file, unless its test says that it is not needed. */
export async function runExtensionCommand(
  deployment: InstanceDeployment,
  { from, command, cwd }: { readonly from: string; readonly command: ExtensionCommand; readonly cwd: string },
): Promise<void> {
  const { host } = deployment;
  const options = { cwd: command.cwd ?? cwd, env: command.env };
  if (command.test !== undefined) {
    const test = await runAsRoot(deployment, ["/bin/sh", "-c", command.test], options);
    if (test.code !== 0) {
      engineLog(host, "INFO", `Test for command ${command.name} failed: the command is skipped`);
      return;
    }
  }
  const [program, ...rest] = typeof command.command === "string" ? [] : command.command;
  const { code, output } = await runAsRoot(
    deployment,
    program === undefined ? ["/bin/sh", "-c", String(command.command)] : [program, ...rest],
    options,
  );
  appendLog(host, INIT_LOG, output);
  engineLog(host, "INFO", `Command ${command.name} of ${from}: exit status ${code}`);
  if (code === 0) {
    return;
  }
  if (command.ignoreErrors) {
    engineLog(host, "WARN", `ignoreErrors set to true for command ${command.name}: the deployment goes on`);
    return;
  }
  const what = cwd === STAGING ? "container_command" : "command";
  fail(deployment, `${what} ${command.name} in ${from} failed with exit status ${code}`, output);
}
