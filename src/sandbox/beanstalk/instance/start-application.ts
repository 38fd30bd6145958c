import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { CURRENT } from "./deployment-step.ts";
import { commandEnvironment, fail, type InstanceDeployment } from "./instance-deployment.ts";
import { engineLog } from "./instance-log.ts";
import { RunningApplication } from "./running-application.ts";
import { startCommands, type StartCommand } from "./start-commands.ts";

async function textOf(path: string): Promise<string | undefined> {
  return existsSync(path) ? readFile(path, "utf8") : undefined;
}

async function processesOf(deployment: InstanceDeployment): Promise<StartCommand[]> {
  const at = (name: string): string => deployment.host.path(`${CURRENT}/${name}`);
  try {
    return startCommands({
      procfile: await textOf(at("Procfile")),
      packageJson: await textOf(at("package.json")),
      hasAppJs: existsSync(at("app.js")),
      hasServerJs: existsSync(at("server.js")),
    });
  } catch (cause) {
    return fail(deployment, cause instanceof Error ? cause.message : String(cause));
  }
}

/** Starts what lies in /var/app/current; it is started again whenever it ends. */
export async function startApplication(deployment: InstanceDeployment): Promise<void> {
  const processes = await processesOf(deployment);
  for (const { name, command } of processes) {
    engineLog(deployment.host, "INFO", `Starting process ${name}: ${command}`);
  }
  deployment.application = new RunningApplication({
    host: deployment.host,
    processes,
    env: commandEnvironment(deployment),
  });
}
