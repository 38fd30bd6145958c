import { rename, rm } from "node:fs/promises";
import { unpackBundle } from "./bundle.ts";
import { CURRENT, STAGING, type DeploymentStep } from "./deployment-step.ts";
import { environmentProperties } from "./environment-properties.ts";
import { installDependencies } from "./install-dependencies.ts";
import { fail, runAsRoot, type InstanceDeployment } from "./instance-deployment.ts";
import { engineLog } from "./instance-log.ts";
import { installPackages, runExtensionCommand, writeExtensionFile } from "./run-extension-step.ts";
import { runHooks } from "./run-hooks.ts";
import { startApplication } from "./start-application.ts";
import { writeProperties } from "./write-properties.ts";

async function unpack(deployment: InstanceDeployment): Promise<void> {
  const { host, bundle, isolation } = deployment;
  const staging = host.path(STAGING);
  await rm(staging, { recursive: true, force: true });
  if (bundle === undefined) {
    return;
  }
  try {
    await unpackBundle(bundle.file, staging);
  } catch (cause) {
    fail(
      deployment,
      `Failed to unzip the source bundle: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  if (isolation === "namespaces") {
    const { code, output } = await runAsRoot(deployment, ["chown", "-R", "webapp:webapp", STAGING], {
      cwd: "/",
    });
    if (code !== 0) {
      fail(deployment, `Failed to give ${STAGING} to webapp`, output);
    }
  }
}

async function runStep(deployment: InstanceDeployment, step: DeploymentStep): Promise<void> {
  const { host } = deployment;
  switch (step.do) {
    case "write-properties":
      return writeProperties(host, environmentProperties(deployment.settings));
    case "unpack":
      return unpack(deployment);
    case "install-packages":
      return installPackages(deployment, step.names);
    case "write-file":
      return writeExtensionFile(deployment, step.file);
    case "command":
      return runExtensionCommand(deployment, { ...step, cwd: "/" });
    case "container-command":
      return runExtensionCommand(deployment, { ...step, cwd: STAGING });
    case "hooks":
      return runHooks(deployment, step);
    case "install-dependencies":
      return installDependencies(deployment);
    case "stop":
      await deployment.application?.stop();
      deployment.application = undefined;
      return undefined;
    case "switch":
      await rm(host.path(CURRENT), { recursive: true, force: true });
      return rename(host.path(STAGING), host.path(CURRENT));
    case "start":
      return startApplication(deployment);
  }
}

/** Carries out the steps of a deployment on one instance. Throws DeploymentFailure, or the signal's reason. */
export async function deployOnInstance(
  deployment: InstanceDeployment,
  steps: readonly DeploymentStep[],
): Promise<void> {
  const { host, bundle, signal } = deployment;
  engineLog(host, "INFO", `Starting deployment${bundle === undefined ? "" : ` of ${bundle.versionLabel}`}`);
  for (const extension of bundle?.extensions ?? []) {
    for (const key of extension.ignored) {
      engineLog(host, "WARN", `${extension.file}: the sandbox leaves '${key}' out`);
    }
  }
  for (const step of steps) {
    signal.throwIfAborted();
    await runStep(deployment, step);
  }
  engineLog(host, "INFO", "Instance deployment completed successfully.");
}
