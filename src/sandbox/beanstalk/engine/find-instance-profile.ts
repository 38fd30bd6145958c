import type { InstanceProfile } from "../../iam/state.ts";
import type { Region } from "../../region.ts";
import { settingOf, type Settings } from "../options/settings.ts";

/** The instance profile that the settings name, by name or ARN; undefined where there is none of it. */
export function findInstanceProfile(region: Region, settings: Settings): InstanceProfile | undefined {
  const named = settingOf(settings, "aws:autoscaling:launchconfiguration", "IamInstanceProfile") ?? "";
  return [...region.iam.instanceProfiles.values()].find(
    (profile) => profile.name === named || profile.arn === named,
  );
}
