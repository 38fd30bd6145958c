import type { ApplicationResourceLifecycleConfig } from "@aws-sdk/client-elastic-beanstalk";
import type { Settings } from "./options/settings.ts";
import type { PlatformVersion } from "./platforms.ts";

/** A named set of option settings that environments can start from. */
export interface ConfigurationTemplate {
  readonly name: string;
  description: string | undefined;
  readonly platform: PlatformVersion;
  /** What its owner set; the platform's defaults come with whatever is made from it. */
  given: Settings;
  readonly created: Date;
  updated: Date;
}

/** What AWS says of a version's bundle: `Processed` is the one that says it was fetched and checked. */
export type VersionStatus = "Unprocessed" | "Processing" | "Building" | "Processed" | "Failed";

/** One source bundle of an application, under a label. */
export interface ApplicationVersion {
  readonly label: string;
  readonly arn: string;
  description: string | undefined;
  readonly bundle: { readonly bucket: string; readonly key: string };
  status: VersionStatus;
  readonly created: Date;
  updated: Date;
  readonly tags: Map<string, string>;
}

/** An application: versions, templates and a name that environments belong to. */
export interface Application {
  readonly name: string;
  readonly arn: string;
  description: string | undefined;
  readonly created: Date;
  updated: Date;
  lifecycle: ApplicationResourceLifecycleConfig;
  readonly versions: Map<string, ApplicationVersion>;
  readonly templates: Map<string, ConfigurationTemplate>;
  readonly tags: Map<string, string>;
}
