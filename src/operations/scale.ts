import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import { describePlan, planJson } from "../plan/describe.ts";
import { stepsOf } from "../plan/plan.ts";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";
import { locateEnvironment } from "./locate.ts";
import { overviewJson, overviewLines, overviewOf } from "./overview.ts";
import type { ProvisionPorts } from "./provision/ports.ts";
import { prepare, provision } from "./provision/provision.ts";

/** Changes how many instances run; the version that runs stays. bertops.yaml is written once it is agreed. */
export async function scale(
  config: Config,
  options: { readonly instances: Count; readonly dryRun: boolean },
  ports: ProvisionPorts,
  world: World,
): Promise<CommandResult> {
  const { instances } = options;
  const before = await locateEnvironment(config, ports);
  const wanted: Config = { ...config, service: { ...config.service, instances } };
  const prepared = await prepare(
    wanted,
    { install: false, admitCaller: false, version: before.versionLabel },
    ports,
    world,
  );
  const { plan } = prepared;
  if (options.dryRun) return { json: { dryRun: true, ...planJson(plan) }, lines: describePlan(plan) };
  if (stepsOf(plan).length > 0) {
    for (const message of describePlan(plan)) world.emit({ type: "note", message });
    if (!(await world.ask.confirm({ message: "Change this?", flag: "--yes" })))
      throw new UserError({ reason: "cancelled", message: "Nothing was changed.", exitCode: EXIT.cancelled });
  }
  await writeCount(config, instances);
  const { environment, changed } = await provision(prepared, ports, world);
  const overview = await overviewOf(environment, ports, world.signal);
  return {
    json: { ...overviewJson(overview), changed, min: instances.min, max: instances.max },
    lines: [
      changed
        ? `${environment.name} runs ${shown(instances)}.`
        : `Nothing to change: ${environment.name} is scaled so already.`,
      ...overviewLines(overview),
    ],
  };
}

/** The bounds within which Auto Scaling works. */
export interface Count {
  readonly min: number;
  readonly max: number;
}

/** `2` or `1-4`; anything else is a UserError. */
export function parseCount(text: string): Count {
  const match = /^(\d{1,4})(?:(?:-|\.\.)(\d{1,4}))?$/u.exec(text);
  const min = Number(match?.[1] ?? 0);
  const max = Number(match?.[2] ?? min);
  if (min >= 1 && max >= min && max <= 1000) return { min, max };
  throw new UserError({
    reason: "usage",
    message: `scale takes a number from 1 to 1000, or two as 1-4; ${JSON.stringify(text)} is neither.`,
    next: ["bertops scale 2"],
    exitCode: EXIT.usage,
  });
}

function shown({ min, max }: Count): string {
  return min === max ? `${min} ${min === 1 ? "instance" : "instances"}` : `${min} to ${max} instances`;
}

/** Changes the two numbers and nothing else: comments and order of the file stay. */
async function writeCount(config: Config, { min, max }: Count): Promise<void> {
  const { file, service } = config;
  if (file === undefined || (service.instances.min === min && service.instances.max === max)) return;
  const document = parseDocument(await readFile(file, "utf8"));
  document.setIn(["service", "instances", "min"], min);
  document.setIn(["service", "instances", "max"], max);
  await writeFile(file, document.toString({ lineWidth: 0 }));
}
