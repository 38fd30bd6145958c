import type { ApplicationResourceLifecycleConfig } from "@aws-sdk/client-elastic-beanstalk";
import { invalidParameterValue } from "./errors.ts";

/** What an application has that never said how many versions it keeps. */
export const NO_LIFECYCLE: ApplicationResourceLifecycleConfig = {
  VersionLifecycleConfig: {
    MaxCountRule: { Enabled: false, MaxCount: 200, DeleteSourceFromS3: false },
    MaxAgeRule: { Enabled: false, MaxAgeInDays: 180, DeleteSourceFromS3: false },
  },
};

/** A requested life cycle of versions, over the defaults. Throws where a rule is on and no role may carry it out. */
export function resourceLifecycleOf(
  wanted: ApplicationResourceLifecycleConfig,
  present: ApplicationResourceLifecycleConfig = NO_LIFECYCLE,
): ApplicationResourceLifecycleConfig {
  const merged: ApplicationResourceLifecycleConfig = {
    ServiceRole: wanted.ServiceRole ?? present.ServiceRole,
    VersionLifecycleConfig: { ...present.VersionLifecycleConfig, ...wanted.VersionLifecycleConfig },
  };
  const { MaxAgeRule: age, MaxCountRule: count } = merged.VersionLifecycleConfig ?? {};
  if (age?.Enabled === true && count?.Enabled === true) {
    throw invalidParameterValue("MaxCountRule and MaxAgeRule can not both be enabled.");
  }
  if ((age?.Enabled === true || count?.Enabled === true) && merged.ServiceRole === undefined) {
    throw invalidParameterValue("ServiceRole must be specified to enable a version lifecycle rule.");
  }
  return merged;
}
