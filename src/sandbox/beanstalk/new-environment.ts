import type { Region } from "../region.ts";
import { beanstalkArn } from "./arn.ts";
import type { Environment } from "./environment.ts";
import type { Settings } from "./options/settings.ts";
import type { PlatformVersion } from "./platforms.ts";
import type { EnvironmentProxy } from "./proxy/environment-proxy.ts";
import { randomName } from "./random-name.ts";

/** What a new environment starts with. */
export interface EnvironmentSpec {
  readonly name: string;
  readonly applicationName: string;
  readonly description: string | undefined;
  readonly cnamePrefix: string | undefined;
  readonly versionLabel: string | undefined;
  readonly templateName: string | undefined;
  readonly platform: PlatformVersion;
  readonly operationsRole: string | undefined;
  readonly given: Settings;
  readonly settings: Settings;
  readonly tags: ReadonlyMap<string, string>;
  readonly proxy: EnvironmentProxy;
}

/** An environment that nothing has been done for yet. */
export function newEnvironment(region: Region, spec: EnvironmentSpec): Environment {
  const now = new Date();
  return {
    ...spec,
    id: `e-${randomName(10)}`,
    arn: beanstalkArn(region, `environment/${spec.applicationName}/${spec.name}`),
    created: now,
    updated: now,
    terminated: undefined,
    cname: `127.0.0.1:${spec.proxy.port}`,
    endpointUrl: undefined,
    status: "Launching",
    abortable: false,
    report: { health: "Grey", status: "Pending", causes: [] },
    tags: new Map(spec.tags),
    deploymentId: 1,
    desired: 0,
    resources: undefined,
    members: new Map(),
    operation: undefined,
    scaling: undefined,
  };
}
