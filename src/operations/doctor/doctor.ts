import type { Aws } from "../../aws/open-aws.ts";
import type { Config } from "../../config/config.ts";
import { EXIT } from "../../errors.ts";
import type { CommandResult } from "../../result.ts";
import type { World } from "../../world.ts";
import { openEnvironmentHosts, type OpenHostsOptions } from "../hosts/open-hosts.ts";
import { locate, type Located } from "../locate.ts";
import { awsLinks } from "./aws-links.ts";
import { type Diagnosis, walk } from "./chain.ts";
import { hostLinks } from "./host-links.ts";
import { serviceLink } from "./service-link.ts";

/** Walks from the credentials to the service's answer, and names the first broken link with the command that mends it. */
export async function doctor(
  config: Config,
  aws: Aws,
  ssh: OpenHostsOptions,
  world: World,
  fileSystemId?: string,
): Promise<CommandResult> {
  const { emit, signal } = world;
  const found: { located?: Located } = {};
  const first = await walk(
    [
      {
        name: "credentials",
        look: async () => {
          const { arn } = await aws.identities.caller();
          return `${arn} in ${aws.region}`;
        },
      },
      {
        name: "application",
        look: async () => {
          found.located = await locate(config, aws, fileSystemId);
          const { application, name } = found.located.environment;
          return `${application} exists, with the environment ${name}`;
        },
      },
    ],
    emit,
  );
  const { located } = found;
  if (located === undefined) return told([first]);

  const { fileSystem, environment } = located;
  const instances = await aws.instances.ofEnvironment(environment.name);
  const cloud = await walk(awsLinks(aws, { located, instances }), emit);
  if (cloud.broken !== undefined) return told([first, cloud]);

  const { hosts } = await openEnvironmentHosts(config, aws, { ...ssh, changesNothing: true }, located);
  const modelsRoot = `${fileSystem.mountPoint}/models`;
  const parameters = {
    fileSystem: fileSystem.id,
    mountPoint: fileSystem.mountPoint,
    modelsRoot,
    region: aws.region,
    mountTargets: fileSystem.mountTargets.map(({ ip }) => ip),
  };
  const last = await walk(
    [
      ...hostLinks({ hosts, parameters, modelsRoot, model: config.model.name, emit, signal }),
      ...(environment.url === undefined
        ? []
        : [serviceLink({ url: environment.url, instances: instances.length, assigned: true }, world)]),
    ],
    emit,
  );
  return told([first, cloud, last]);
}

function told(walked: readonly Diagnosis[]): CommandResult {
  const checks = walked.flatMap((diagnosis) => diagnosis.checks);
  const broken = walked.find((diagnosis) => diagnosis.broken !== undefined)?.broken;
  if (broken === undefined)
    return { json: { checks, broken: null }, lines: [`All ${checks.length} links of the chain hold.`] };
  const { reason, message, hint, next } = broken;
  return {
    json: { checks, broken: { name: checks.at(-1)?.name, reason, message, hint: hint ?? null, next } },
    lines: [
      `Broken: ${checks.at(-1)?.name ?? ""}. ${message}`,
      ...(hint === undefined ? [] : [hint]),
      ...next.map((command) => `Next: ${command}`),
    ],
    exitCode: EXIT.fault,
  };
}
