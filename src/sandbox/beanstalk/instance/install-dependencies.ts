import { existsSync } from "node:fs";
import { STAGING } from "./deployment-step.ts";
import { commandEnvironment, fail, type InstanceDeployment } from "./instance-deployment.ts";
import { appendLog, engineLog } from "./instance-log.ts";
import { runCommand } from "./run-command.ts";

/** Runs `npm install` as webapp, unless the bundle brings its modules or names none. */
export async function installDependencies(deployment: InstanceDeployment): Promise<void> {
  const { host, signal } = deployment;
  const has = (name: string): boolean => existsSync(host.path(`${STAGING}/${name}`));
  if (!has("package.json")) {
    return;
  }
  if (has("node_modules")) {
    engineLog(host, "INFO", "The bundle holds node_modules: npm install is skipped");
    return;
  }
  engineLog(host, "INFO", "Running npm --omit=dev install");
  const { code, output } = await runCommand(host, ["npm", "--omit=dev", "install"], {
    user: "webapp",
    cwd: STAGING,
    env: commandEnvironment(deployment),
    signal,
  });
  appendLog(host, "/var/log/eb-engine.log", output);
  if (code !== 0) {
    fail(
      deployment,
      "Instance deployment failed to install application dependencies. The deployment failed.",
      output,
    );
  }
}
