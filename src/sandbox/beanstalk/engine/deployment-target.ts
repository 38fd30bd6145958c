import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { findApplication, findVersion } from "../find.ts";
import { readBundle, type BundleContents } from "../instance/read-bundle.ts";
import { effectiveSettings } from "../options/effective.ts";
import { withSettings, type Settings } from "../options/settings.ts";
import { SAMPLE_LABEL, sampleVersion } from "../sample-application.ts";

/** What instances are to run, under which number. */
export interface DeploymentTarget {
  readonly bundle: BundleContents;
  readonly deploymentId: number;
}

/** Opens the bundle of a version; without a label, the sample application's. Throws what is wrong with it. */
export async function openVersion(
  region: Region,
  environment: Environment,
  label: string | undefined,
): Promise<BundleContents> {
  const version =
    label === undefined || label === SAMPLE_LABEL
      ? await sampleVersion(region)
      : findVersion(findApplication(region.beanstalk, environment.applicationName), label);
  return readBundle(region, version);
}

/** The settings of an environment: defaults, what the bundle's configuration files set, what its owner set. */
export function settingsWith(bundle: BundleContents, given: Settings): Settings {
  const fromBundle = withSettings(
    new Map(),
    bundle.extensions.flatMap((extension) => extension.optionSettings),
  );
  const merged = [...given].reduce(
    (settings, [namespace, options]) =>
      withSettings(
        settings,
        [...options].map(([OptionName, Value]) => ({ Namespace: namespace, OptionName, Value })),
      ),
    fromBundle,
  );
  return effectiveSettings(merged);
}
