import type { Environment, Environments } from "../aws/environments.ts";
import type { FileSystems, MountTarget } from "../aws/file-systems.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import { FILE_SYSTEM_PROPERTY, MOUNT_POINT_PROPERTY, namesOf, PROPERTIES_NAMESPACE } from "../plan/names.ts";

/** What locating needs of AWS. */
export interface LocatePorts {
  readonly region: string;
  readonly environments: Pick<Environments, "find" | "settings">;
  readonly fileSystems: Pick<FileSystems, "byCreationToken" | "mountTargets">;
}

/** An environment that exists, and the file system that its instances mount. */
export interface Located {
  readonly environment: Environment;
  readonly mountPoint: string;
  readonly fileSystem: {
    readonly id: string;
    readonly mountPoint: string;
    readonly mountTargets: readonly MountTarget[];
  };
}

/** Finds the environment of the settings; throws a UserError where there is none. */
export async function locateEnvironment(
  config: Config,
  ports: Pick<LocatePorts, "region"> & { environments: Pick<Environments, "find"> },
): Promise<Environment> {
  const { name, environmentName } = config;
  const environment = await ports.environments.find(environmentName);
  if (environment !== undefined) return environment;
  throw new UserError({
    reason: "no-environment",
    message: `There is no environment ${environmentName} in ${ports.region}.`,
    hint: "Create it first, or check --env, --region and the profile.",
    next:
      environmentName === name
        ? ["bertops init", "bertops plan"]
        : [`bertops init --env ${environmentName}`, `bertops plan --env ${environmentName}`],
    exitCode: EXIT.usage,
  });
}

/** An environment, and where its instances mount a file system, whichever it is. */
export interface StorePlace {
  readonly environment: Environment;
  readonly mountPoint: string;
}

/** Finds the environment and its mount point: as its properties say, else as bertops.yaml or the default says. */
export async function locateStore(
  config: Config,
  ports: Pick<LocatePorts, "region" | "environments">,
): Promise<StorePlace> {
  const { environment, property } = await propertiesOf(config, ports);
  return { environment, mountPoint: property(MOUNT_POINT_PROPERTY) ?? config.fileSystem.mountPoint };
}

async function propertiesOf(config: Config, ports: Pick<LocatePorts, "region" | "environments">) {
  const environment = await locateEnvironment(config, ports);
  const settings = await ports.environments.settings(environment.application, environment.name);
  const property = (name: string): string | undefined =>
    settings.find(({ namespace, option }) => namespace === PROPERTIES_NAMESPACE && option === name)?.value;
  return { environment, property };
}

/**
 * Finds the environment and its file system: the one that is `named`, else as its properties say, else as bertops.yaml says, else by
 * creation token. An environment that bertops did not make has no such property: it takes a name.
 */
export async function locate(config: Config, ports: LocatePorts, named?: string): Promise<Located> {
  const { environment, property } = await propertiesOf(config, ports);
  const token = namesOf({
    application: config.name,
    environment: config.environmentName,
    region: ports.region,
  }).creationToken;
  const id =
    named ??
    property(FILE_SYSTEM_PROPERTY) ??
    config.fileSystem.id ??
    (await ports.fileSystems.byCreationToken(token))?.id;
  if (id === undefined)
    throw new UserError({
      reason: "no-file-system",
      message: `The environment ${environment.name} names no file system.`,
      hint: "Name it; bertops init creates one for environments of its own.",
      next: [
        `bertops mount-efs --env ${environment.name} --file-system fs-ID`,
        "aws efs describe-file-systems",
        "bertops init",
      ],
    });
  const mountPoint = property(MOUNT_POINT_PROPERTY) ?? config.fileSystem.mountPoint;
  return {
    environment,
    mountPoint,
    fileSystem: {
      id,
      mountPoint,
      mountTargets: await ports.fileSystems.mountTargets(id),
    },
  };
}
