import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { EnvironmentLogs, LogSample } from "../aws/environment-logs.ts";
import type { Environments } from "../aws/environments.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";
import { locateEnvironment } from "./locate.ts";
import { paceOf, until } from "./pace.ts";

/** What `logs` needs of AWS. */
export interface LogsPorts {
  readonly region: string;
  readonly local: boolean;
  readonly environments: Pick<Environments, "find" | "instancesHealth">;
  readonly logs: EnvironmentLogs;
}

export interface LogsOptions {
  /** Only this instance. */
  readonly instance: string | undefined;
  /** Fetch everything into this directory instead of showing the end. */
  readonly directory: string | undefined;
}

/** Has every instance send its logs, and shows or stores them. */
export async function logs(
  config: Config,
  options: LogsOptions,
  ports: LogsPorts,
  world: World,
): Promise<CommandResult> {
  const environment = await locateEnvironment(config, ports);
  const kind = options.directory === undefined ? "tail" : "bundle";
  const samples = await fresh(environment.name, kind, options, ports, world);
  const { directory } = options;
  if (directory === undefined) {
    const texts = await Promise.all(
      samples.map(async ({ instanceId, url }) => ({
        id: instanceId,
        text: await (await get(url, world)).text(),
      })),
    );
    return {
      json: { environment: { name: environment.name }, instances: texts },
      lines: texts.flatMap(({ id, text }) => [`==> ${id} <==`, ...text.trimEnd().split("\n"), ""]),
    };
  }
  await mkdir(directory, { recursive: true });
  const files: { id: string; file: string }[] = [];
  for (const { instanceId, url } of samples) {
    const file = path.join(directory, `${instanceId}.zip`);
    const { body } = await get(url, world);
    if (body !== null)
      await pipeline(Readable.fromWeb(body), createWriteStream(file), { signal: world.signal });
    files.push({ id: instanceId, file });
  }
  return {
    json: { environment: { name: environment.name }, instances: files },
    lines: files.map(({ id, file }) => `${id}  ${file}`),
  };
}

/** The newest sample of each instance that is not older than the request. */
async function fresh(
  name: string,
  kind: "tail" | "bundle",
  { instance }: LogsOptions,
  ports: LogsPorts,
  world: World,
): Promise<readonly LogSample[]> {
  const pace = paceOf(ports.local);
  const step = { type: "step", id: "logs", label: `ask the instances of ${name} for their logs` } as const;
  world.emit({ ...step, state: "started" });
  // The clocks of this machine and of AWS differ by some seconds, and timestamps have whole ones.
  const since = world.now().getTime() - (ports.local ? 1000 : 30_000);
  const expected = (await ports.environments.instancesHealth(name)).length;
  await ports.logs.request(name, kind);
  const samples = await until(
    `the logs of ${name} arrive`,
    async () => {
      const all = await ports.logs.retrieve(name, kind);
      const newest = new Map<string, LogSample>();
      for (const sample of all.toSorted((a, b) => a.sampledAt.getTime() - b.sampledAt.getTime()))
        if (sample.sampledAt.getTime() >= since) newest.set(sample.instanceId, sample);
      return newest.size > 0 && newest.size >= expected ? [...newest.values()] : undefined;
    },
    { every: pace.glance, limit: Math.min(pace.patience, 180_000), signal: world.signal },
  );
  world.emit({ ...step, state: "done" });
  if (instance === undefined) return samples;
  const chosen = samples.filter(({ instanceId }) => instanceId === instance);
  if (chosen.length > 0) return chosen;
  throw new UserError({
    reason: "no-instance",
    message: `${name} has no instance ${instance}.`,
    hint: `Its instances are: ${samples.map(({ instanceId }) => instanceId).join(", ")}.`,
    exitCode: EXIT.usage,
  });
}

async function get(url: string, world: World): Promise<Response> {
  const response = await fetch(url, { signal: world.signal });
  if (response.ok) return response;
  throw new UserError({
    reason: "logs-gone",
    message: `The logs could not be fetched from S3: ${response.status} ${response.statusText}.`,
    hint: "They live for 15 minutes; ask for them again.",
    next: ["bertops logs"],
    exitCode: EXIT.retry,
  });
}
