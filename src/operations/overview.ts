import type { Environment, Environments } from "../aws/environments.ts";
import type { Instance, Instances } from "../aws/instances.ts";
import { mountedInstances } from "./mounted.ts";
import { FILE_SYSTEM_PROPERTY, MOUNT_POINT_PROPERTY, PROPERTIES_NAMESPACE } from "../plan/names.ts";

/** What an overview needs of AWS. */
export interface OverviewPorts {
  readonly environments: Pick<Environments, "settings">;
  readonly instances: Pick<Instances, "ofEnvironment">;
}

/** An environment as `init`, `deploy` and `status` tell of it. */
export interface Overview {
  readonly environment: Environment;
  readonly instances: readonly Instance[];
  /** By instance id, as far as the service says. */
  readonly mounted: ReadonlyMap<string, boolean>;
  readonly fileSystem: { readonly id: string; readonly mountPoint: string } | undefined;
}

/** Gathers what an environment consists of. */
export async function overviewOf(
  environment: Environment,
  ports: OverviewPorts,
  signal: AbortSignal,
): Promise<Overview> {
  const [settings, instances] = await Promise.all([
    ports.environments.settings(environment.application, environment.name),
    ports.instances.ofEnvironment(environment.name),
  ]);
  const property = (name: string): string | undefined =>
    settings.find(({ namespace, option }) => namespace === PROPERTIES_NAMESPACE && option === name)?.value;
  const id = property(FILE_SYSTEM_PROPERTY);
  return {
    environment,
    instances,
    mounted: await mountedInstances(environment.url, instances, signal),
    fileSystem: id === undefined ? undefined : { id, mountPoint: property(MOUNT_POINT_PROPERTY) ?? "/efs" },
  };
}

/** The fields that scripts rely on. `mounted` is null where the service did not say: `bertops mount-efs --check` looks itself. */
export function overviewJson(overview: Overview): Record<string, unknown> {
  const { environment, instances, fileSystem } = overview;
  return {
    environment: {
      name: environment.name,
      id: environment.id,
      application: environment.application,
      status: environment.status,
      health: environment.health,
      healthStatus: environment.healthStatus ?? null,
      url: environment.url ?? null,
      version: environment.versionLabel ?? null,
    },
    instances: instances.map((instance) => ({
      id: instance.id,
      host: hostOf(instance),
      mounted: overview.mounted.get(instance.id) ?? null,
      zone: instance.availabilityZone,
      state: instance.state,
    })),
    fileSystem: fileSystem ?? null,
  };
}

/** The same for people. */
export function overviewLines(overview: Overview): readonly string[] {
  const { environment, instances, fileSystem } = overview;
  const health = environment.healthStatus === undefined ? "" : ` (${environment.healthStatus})`;
  return [
    `Environment  ${environment.name} (${environment.id}): ${environment.status}, ${environment.health}${health}`,
    ...(environment.url === undefined ? [] : [`URL          ${environment.url}`]),
    `Version      ${environment.versionLabel ?? "none"}`,
    ...instances.map(
      (instance, index) =>
        `${index === 0 ? "Instances" : "         "}    ${instance.id}  ${hostOf(instance) ?? "no address"}  ${instance.availabilityZone}  ${instance.state}${mountText(overview.mounted.get(instance.id))}`,
    ),
    ...(fileSystem === undefined ? [] : [`File system  ${fileSystem.id} at ${fileSystem.mountPoint}`]),
  ];
}

function hostOf(instance: Instance): string | null {
  return instance.publicIp ?? instance.privateIp ?? null;
}

function mountText(mounted: boolean | undefined): string {
  if (mounted === undefined) return "";
  return mounted ? ", store mounted" : ", store not mounted";
}
