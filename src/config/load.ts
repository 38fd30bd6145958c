import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { Config } from "./config.ts";
import type { Document } from "./document.ts";
import { type Field, Misfit } from "./field.ts";
import { ENVIRONMENT_NAME, FIELDS } from "./fields.ts";
import { nameFrom } from "./name.ts";
import { badConfig, type Problem } from "./problems.ts";

/** The name of the file. */
export const CONFIG_FILE = "bertops.yaml";

export interface LoadOptions {
  /** The file of `--config`; without it `BERTOPS_CONFIG`, then bertops.yaml in `cwd` or above. */
  readonly file?: string | undefined;
  /** Flags by their camel-case names; undefined ones do not count. `env` is the environment's name. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** No file is no error: the directory's name stands for the name. */
  readonly optional?: boolean;
  /** False: neither `cwd` nor what is above it is searched for a file. */
  readonly search?: boolean;
}

/** Reads the settings: a flag wins over the environment, the environment over the file, the file over the default. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { flags, environment, cwd } = options;
  const file = findFile(options);
  const problems: Problem[] = [];
  // The parser is worth loading only where there is something to parse.
  const document =
    file === undefined
      ? undefined
      : (await import("./document.ts")).readDocument(file, relativeTo(cwd, file), problems);
  const directory = file === undefined ? cwd : dirname(file);
  const pick = picker(flags, environment, document, problems);
  const path = (value: string): string => resolve(directory, expandHome(value));

  const environmentName = flags["env"] ?? environment["BERTOPS_ENV"];
  if (environmentName !== undefined && !isEnvironmentName(environmentName))
    problems.push({
      message: `--env: ${JSON.stringify(environmentName)} is no environment name`,
      hint: `It must be ${FIELDS.name.allowed}.`,
    });
  const name =
    pick(FIELDS.name) ?? (isEnvironmentName(environmentName) ? environmentName : nameFrom(directory));
  const min = pick(FIELDS.instancesMin);
  // Only `min: 3` in the file means three instances, not a contradiction with the default of `max`.
  const max =
    document?.values.has(FIELDS.instancesMax.path) === true ? pick(FIELDS.instancesMax) : Math.max(1, min);
  if (max < min)
    problems.push({
      message: `${document?.file ?? CONFIG_FILE}: service.instances.max (${max}) is less than service.instances.min (${min})`,
    });
  const config: Config = {
    ...(file === undefined ? {} : { file }),
    directory,
    name,
    environmentName: isEnvironmentName(environmentName) ? environmentName : name,
    ...optional("region", pick(FIELDS.region)),
    ...optional("profile", pickProfile(pick, flags, environment)),
    service: {
      directory: path(pick(FIELDS.serviceDirectory)),
      platform: pick(FIELDS.platform),
      instanceType: pick(FIELDS.instanceType),
      instances: { min, max },
      volumeSize: pick(FIELDS.volumeSize),
      environment: pick(FIELDS.environment),
      ...optional("tokenSecret", pick(FIELDS.tokenSecret)),
    },
    fileSystem: {
      ...optional("id", pick(FIELDS.fileSystemId)),
      mountPoint: pick(FIELDS.mountPoint),
      throughput: pick(FIELDS.throughput),
      backup: pick(FIELDS.backup),
      ...optional("quota", pick(FIELDS.quota)),
    },
    model: { name: pick(FIELDS.modelName), pooling: pick(FIELDS.pooling), precision: pick(FIELDS.precision) },
    ssh: {
      user: pick(FIELDS.sshUser),
      port: pick(FIELDS.sshPort),
      ...optional("keyPair", pick(FIELDS.keyPair)),
      ...optional("identity", mapped(pick(FIELDS.identity), path)),
      ...optional("knownHosts", mapped(pick(FIELDS.knownHosts), path)),
      ...optional("jump", pick(FIELDS.jump)),
      admit: pick(FIELDS.admit),
    },
    network: {
      ...optional("vpcId", pick(FIELDS.vpcId)),
      ...optional("subnets", pick(FIELDS.subnets)),
    },
    tags: pick(FIELDS.tags),
  };
  if (problems.length > 0) throw badConfig(problems);
  return config;
}

type Pick = <Value>(field: Field<Value>) => Value;

function picker(
  flags: LoadOptions["flags"],
  environment: LoadOptions["environment"],
  document: Document | undefined,
  problems: Problem[],
): Pick {
  return (field) => {
    const found = sourceOf(field, flags, environment, document);
    if (found === undefined) return field.fallback;
    try {
      return field.read(found.value);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      problems.push({
        message: `${found.where} must be ${field.allowed}, not ${JSON.stringify(found.value)}`,
        hint: error.hint,
      });
      return field.fallback;
    }
  };
}

function sourceOf(
  field: Field<unknown>,
  flags: LoadOptions["flags"],
  environment: LoadOptions["environment"],
  document: Document | undefined,
): { readonly value: unknown; readonly where: string } | undefined {
  if (field.flag !== undefined && flags[field.flag] !== undefined)
    return { value: flags[field.flag], where: `--${kebab(field.flag)}` };
  for (const variable of field.variables ?? []) {
    const value = environment[variable];
    // As every shell tool does: an empty variable is one that is not set.
    if (value !== undefined && value !== "") return { value, where: variable };
  }
  const inFile = document?.values.get(field.path);
  return inFile === undefined
    ? undefined
    : { value: inFile.value, where: `${document?.file}:${inFile.line}: ${field.path}` };
}

/** Keys in the environment are the environment's own answer, so they silence AWS_PROFILE and the file, as in the AWS CLI. */
function pickProfile(
  pick: Pick,
  flags: LoadOptions["flags"],
  environment: LoadOptions["environment"],
): string | undefined {
  const keys = environment["AWS_ACCESS_KEY_ID"] && environment["AWS_SECRET_ACCESS_KEY"];
  return keys && flags["profile"] === undefined ? undefined : pick(FIELDS.profile);
}

function findFile(options: LoadOptions): string | undefined {
  const named =
    options.file ?? (options.search === false ? undefined : options.environment["BERTOPS_CONFIG"]);
  if (named !== undefined && named !== "") {
    const file = resolve(options.cwd, named);
    if (existsSync(file)) return file;
    throw new UserError({
      reason: "no-config",
      message: `There is no file ${named}.`,
      next: ["bertops init"],
      exitCode: EXIT.usage,
    });
  }
  for (let directory = options.cwd; options.search !== false; directory = dirname(directory)) {
    const file = join(directory, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (dirname(directory) === directory) break;
  }
  if (options.optional === true || options.flags["env"] !== undefined) return undefined;
  throw new UserError({
    reason: "no-config",
    message: `There is no ${CONFIG_FILE} in ${options.cwd} or above it.`,
    hint: "Go to the directory that `bertops init` made, name the file with --config, or the environment with --env.",
    next: ["bertops init"],
    exitCode: EXIT.usage,
  });
}

function isEnvironmentName(value: unknown): value is string {
  return typeof value === "string" && ENVIRONMENT_NAME.test(value);
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  const entry: { [K in Key]?: Value } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}

function mapped<From, To>(value: From | undefined, map: (value: From) => To): To | undefined {
  return value === undefined ? undefined : map(value);
}

function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

function relativeTo(cwd: string, file: string): string {
  const short = relative(cwd, file);
  return short.startsWith("..") || isAbsolute(short) ? file : short;
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
