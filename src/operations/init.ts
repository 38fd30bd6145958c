import { existsSync } from "node:fs";
import path from "node:path";
import { CONFIG_FILE, loadConfig } from "../config/load.ts";
import type { Config } from "../config/config.ts";
import { nameFrom } from "../config/name.ts";
import { EXIT, UserError } from "../errors.ts";
import { describePlan, planJson } from "../plan/describe.ts";
import { stepsOf } from "../plan/plan.ts";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";
import { overviewJson, overviewLines, overviewOf } from "./overview.ts";
import { directoryWord, entering, toldFrom } from "./project-location.ts";
import type { ProvisionPorts } from "./provision/ports.ts";
import { type Prepared, prepare, provision, refuseTakenName } from "./provision/provision.ts";
import { type Scaffolded, scaffold, withScaffoldedApp } from "./scaffold.ts";

export interface InitOptions {
  /** The bertops.yaml of the project, absolute; it need not exist. */
  readonly file: string;
  /** The name that a new bertops.yaml gets; absent: the directory's. */
  readonly name: string | undefined;
  /** Further flags that settings take: env, region, profile. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly scaffoldOnly: boolean;
  readonly dryRun: boolean;
}

/** Writes the project where it is missing, then creates what it asks for. `open` opens AWS with the settings. */
export async function init(
  options: InitOptions,
  open: (config: Config) => Promise<ProvisionPorts>,
  world: World,
): Promise<CommandResult> {
  const before = await settings(options, world);
  if (options.dryRun) return dryRun(before, options, open, world);
  if (!options.scaffoldOnly) await admit(before, options, open, world);
  const files = await scaffold(options.file, before.service.directory, {
    name: before.name,
    region: before.region,
  });
  const config = await settings(options, world);
  tellFiles(files, config.directory, world);
  if (options.scaffoldOnly) return scaffolded(config, files, world);
  return toldFrom({ directory: config.directory, cwd: world.cwd }, async () =>
    create(config, files, await open(config), world),
  );
}

/** Shows the plan, asks, and carries it out. */
async function create(
  config: Config,
  files: Scaffolded,
  ports: ProvisionPorts,
  world: World,
): Promise<CommandResult> {
  const prepared = await prepare(config, { install: true, admitCaller: true }, ports, world);
  await agree(prepared, config.directory, world);
  const { environment, changed } = await provision(prepared, ports, world);
  const overview = await overviewOf(environment, ports, world.signal);
  const into = entering({ directory: config.directory, cwd: world.cwd });
  return {
    json: {
      ...overviewJson(overview),
      changed,
      directory: config.directory,
      files: { written: files.written, kept: files.kept },
      steps: planJson(prepared.plan)["steps"],
      monthlyCostUsd: prepared.plan.cost.monthlyUsd,
    },
    lines: [
      changed
        ? `${environment.name} is up.`
        : `Nothing to change: ${environment.name} is as ${CONFIG_FILE} says.`,
      ...overviewLines(overview),
      ...(changed ? ["", `Next:  ${into}bertops mount-efs && bertops push-model DIR`] : []),
    ],
  };
}

/** Nothing is written for somebody whom AWS would not let in, or under a name that is taken. */
async function admit(
  config: Config,
  options: InitOptions,
  open: (config: Config) => Promise<ProvisionPorts>,
  { cwd }: World,
): Promise<void> {
  const ports = await open(config);
  await ports.identities.caller();
  if (existsSync(options.file)) return;
  const directory = directoryWord({ directory: path.dirname(options.file), cwd });
  const next =
    options.flags["env"] === undefined
      ? `bertops init ${directory} --name ANOTHER-NAME`
      : `bertops init ${directory} --env ANOTHER-NAME`;
  await refuseTakenName(config, next, ports);
}

/** The settings of the project's own file, not of one further up. */
async function settings(options: InitOptions, world: World): Promise<Config> {
  const { file } = options;
  const directory = path.dirname(file);
  const exists = existsSync(file);
  const name = options.name ?? (exists ? undefined : nameFrom(directory));
  const config = await loadConfig({
    ...(exists ? { file } : { search: false }),
    flags: { ...options.flags, name },
    environment: world.environment,
    cwd: directory,
    optional: true,
  });
  if (exists && options.name !== undefined) {
    const { name: stated } = await loadConfig({ file, flags: {}, environment: {}, cwd: directory });
    if (stated !== options.name)
      throw new UserError({
        reason: "name-differs",
        message: `${file} says that the name is ${stated}, not ${options.name}.`,
        hint: "Leave --name out, or initialise another directory. --env names another environment of this application.",
        next: [`bertops init --env ${options.name}`],
        exitCode: EXIT.usage,
      });
  }
  return config;
}

async function dryRun(
  config: Config,
  options: InitOptions,
  open: (config: Config) => Promise<ProvisionPorts>,
  world: World,
): Promise<CommandResult> {
  const show = async (planned: Config, files: readonly string[]): Promise<CommandResult> => {
    const ports = await open(planned);
    const { plan } = await prepare(planned, { install: false, admitCaller: true }, ports, world);
    return { json: { dryRun: true, ...planJson(plan) }, lines: [...files, ...describePlan(plan)] };
  };
  if (existsSync(config.service.directory)) return show(config, []);
  return withScaffoldedApp((directory) =>
    show({ ...config, service: { ...config.service, directory } }, [
      `Would write ${CONFIG_FILE} and app/ into ${path.dirname(options.file)}.`,
    ]),
  );
}

function tellFiles(files: Scaffolded, directory: string, world: World): void {
  const { written, kept } = files;
  if (written.length > 0)
    world.emit({
      type: "step",
      id: "scaffold",
      state: "done",
      label: `write ${written.includes(CONFIG_FILE) ? `${CONFIG_FILE} and ` : ""}the service into ${directory}`,
      detail: `${written.length} ${written.length === 1 ? "file" : "files"}`,
    });
  const differing = kept.filter((file) => file !== CONFIG_FILE);
  if (differing.length > 0)
    world.emit({
      type: "note",
      message: `Yours, and different from the template, so left alone: ${differing.join(", ")}`,
    });
}

function scaffolded(config: Config, files: Scaffolded, world: World): CommandResult {
  return {
    json: {
      directory: config.directory,
      name: config.name,
      files: { written: files.written, kept: files.kept },
      changed: files.written.length > 0,
    },
    lines: [
      files.written.length === 0
        ? `Everything is there already in ${config.directory}.`
        : `${config.name} is written to ${config.directory}; nothing was created in AWS.`,
      `Next:  ${entering({ directory: config.directory, cwd: world.cwd })}bertops plan`,
    ],
  };
}

/** Shows the plan and asks; no answer but yes goes on. */
async function agree(prepared: Prepared, directory: string, world: World): Promise<void> {
  const { plan } = prepared;
  if (stepsOf(plan).length === 0) return;
  for (const message of describePlan(plan)) world.emit({ type: "note", message });
  const message = `Create this in account ${plan.wanted.ground.identity.accountId}, about $${plan.cost.monthlyUsd.toFixed(2)} a month?`;
  if (await world.ask.confirm({ message, flag: "--yes" })) return;
  throw new UserError({
    reason: "cancelled",
    message: `Nothing was changed in AWS; the files in ${directory} stay.`,
    next: ["bertops init"],
    exitCode: EXIT.cancelled,
  });
}
