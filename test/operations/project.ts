import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { type Aws, openAws } from "../../src/aws/open-aws.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Event } from "../../src/events.ts";
import type { HostAccess } from "../../src/operations/hosts/host-access.ts";
import { openEnvironmentHosts, type SshFlags } from "../../src/operations/hosts/open-hosts.ts";
import { init } from "../../src/operations/init.ts";
import type { CommandResult } from "../../src/result.ts";
import { openRegion, type OpenRegion } from "../../src/sandbox/open-region.ts";
import { FAST_TIMINGS } from "../../src/sandbox/timings.ts";
import type { World } from "../../src/world.ts";

/** A service of a few lines that the template's contract is enough for: healthy where the store is mounted. */
const SERVER = `
import { createServer } from "node:http";
import { existsSync } from "node:fs";
createServer((request, response) => {
  const mounted = existsSync(process.env.MODEL_ROOT);
  response.writeHead(mounted ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: mounted ? "waiting" : "unmounted", word: process.env.WORD, round: ROUND }));
}).listen(process.env.PORT);
`;

/** A region of its own, a project directory, and what a command would be given. */
export class Project {
  readonly region: OpenRegion;
  readonly directory: string;
  readonly events: Event[] = [];
  /** What the environment variables are; tests may change them. */
  environment: Record<string, string>;
  stop = new AbortController();
  /** The answer to every question. */
  agrees = true;
  readonly asked: string[] = [];
  /** What is to be done when the command ends. */
  readonly ends: (() => Promise<void>)[] = [];

  private constructor(region: OpenRegion, directory: string) {
    this.region = region;
    this.directory = directory;
    this.environment = {
      AWS_ENDPOINT_URL: region.region.endpoint,
      AWS_ACCESS_KEY_ID: region.accessKeyId,
      AWS_SECRET_ACCESS_KEY: region.secretAccessKey,
      AWS_REGION: region.region.name,
      BERTOPS_CHECKIP_URL: `${region.region.endpoint}/checkip`,
      BERTOPS_SSH_PORT: String(region.region.hosts.sshPort),
      BERTOPS_KNOWN_HOSTS: path.join(directory, "known_hosts"),
    };
  }

  static async open(): Promise<Project> {
    const home = await mkdtemp(path.join(tmpdir(), "bertops-project-"));
    const region = await openRegion({
      directory: path.join(home, "region"),
      name: "us-east-1",
      timings: FAST_TIMINGS,
    });
    const project = new Project(region, path.join(home, "demo"));
    await mkdir(path.join(project.directory, "app"), { recursive: true });
    await project.write("bertops.yaml", "name: demo\n");
    await project.write(
      "app/package.json",
      '{ "type": "module", "scripts": { "start": "node server.js" } }\n',
    );
    await project.serve(1);
    return project;
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(path.join(this.directory, file), text);
  }

  /** Writes the service; each round answers with its own number. */
  serve(round: number): Promise<void> {
    return this.write("app/server.js", SERVER.replace("ROUND", String(round)));
  }

  config(flags: Record<string, string> = {}): Promise<Config> {
    return loadConfig({ flags, environment: this.environment, cwd: this.directory });
  }

  async aws(config?: Config): Promise<Aws> {
    const { region } = config ?? (await this.config());
    return openAws({ region, environment: this.environment, signal: this.stop.signal });
  }

  world(): World {
    const answer = (message: string): Promise<boolean> => {
      this.asked.push(message);
      return Promise.resolve(this.agrees);
    };
    return {
      emit: (event) => void this.events.push(event),
      ask: {
        interactive: true,
        confirm: ({ message }) => answer(message),
        typed: ({ message }) => answer(message),
        secret: () => Promise.resolve(""),
        choose: () => Promise.resolve(undefined),
      },
      environment: this.environment,
      cwd: this.directory,
      signal: this.stop.signal,
      version: "0.0.0",
      now: () => new Date(),
      atEnd: (work) => void this.ends.push(work),
    };
  }

  /** `bertops init`, as this project's person runs it; with `.keep` there, the template's files stay out. */
  init(
    options: { flags?: Record<string, string>; dryRun?: boolean; world?: World } = {},
  ): Promise<CommandResult> {
    const { flags = {}, dryRun = false, world = this.world() } = options;
    const file = path.join(this.directory, "bertops.yaml");
    return init(
      { file, name: undefined, flags, scaffoldOnly: false, dryRun },
      (config) => this.aws(config),
      world,
    );
  }

  /** The environment's instances, as commands reach them. */
  async hosts(flags: Partial<SshFlags> = {}, changesNothing = false): Promise<readonly HostAccess[]> {
    const { ask, emit, atEnd, environment, signal } = this.world();
    const opened = await openEnvironmentHosts(await this.config(), await this.aws(), {
      flags: { hostKeys: [], instances: [], ...flags },
      environment,
      ask,
      emit,
      atEnd,
      signal,
      changesNothing,
    });
    return opened.hosts;
  }

  /** A client of the region's EC2, for what is not bertops' to do. */
  ec2(): EC2Client {
    const { region, accessKeyId, secretAccessKey } = this.region;
    return new EC2Client({
      region: region.name,
      endpoint: region.endpoint,
      credentials: { accessKeyId, secretAccessKey },
    });
  }

  /** The labels of steps that came to their end since the last call. */
  steps(): string[] {
    const steps = this.events
      .splice(0)
      .flatMap((event) => (event.type === "step" && event.state === "done" ? event.label : []));
    return steps.toSorted();
  }

  /** What exists in the region, by kind; kinds without anything are left out. */
  async inventory(): Promise<Record<string, string[]>> {
    const response = await fetch(`${this.region.region.endpoint}/inventory`);
    const kinds: unknown = await response.json();
    return Object.fromEntries(
      Object.entries(kinds as Record<string, string[]>).filter(([, names]) => names.length > 0),
    );
  }

  async close(): Promise<void> {
    await this.region.close();
    await rm(path.dirname(this.directory), { recursive: true, force: true });
  }
}
