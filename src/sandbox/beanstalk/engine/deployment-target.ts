import type { Region } from "../../region.ts";
import { findings } from "../check-settings.ts";
import type { Environment } from "../environment.ts";
import { findApplication, findVersion } from "../find.ts";
import { readBundle, type BundleContents } from "../instance/read-bundle.ts";
import { effectiveSettings } from "../options/effective.ts";
import { settingOf, withSettings, type Settings } from "../options/settings.ts";
import { tell } from "../record-event.ts";
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

/**
 * Those settings, with what the bundle's configuration files set checked as a request's settings are. Throws what is wrong
 * with them, after the event that says where to look; `present` are the settings that an update changes.
 */
export function checkedSettings(
  region: Region,
  environment: Environment,
  wanted: { readonly bundle: BundleContents; readonly given: Settings; readonly present?: Settings },
): Settings {
  const { bundle, given, present } = wanted;
  const merged = settingsWith(bundle, given);
  // What the environment's owner sets wins, whatever the bundle says.
  const own = bundle.extensions
    .flatMap((extension) => extension.optionSettings)
    .filter(({ Namespace = "", OptionName = "" }) => settingOf(given, Namespace, OptionName) === undefined);
  const [first] = findings(region, own, { base: given, present, merged });
  if (first === undefined) {
    return merged;
  }
  const message =
    '"option_settings" in one of the configuration files failed validation. More details to follow.';
  tell(region, environment, message, "ERROR");
  throw new Error(first.message);
}

/** The settings of an environment: defaults, what the bundle's configuration files set, what its owner set. */
function settingsWith(bundle: BundleContents, given: Settings): Settings {
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
