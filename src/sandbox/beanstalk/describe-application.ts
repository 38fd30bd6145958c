import type {
  ApplicationDescription,
  ApplicationVersionDescription,
  ConfigurationSettingsDescription,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Application, ApplicationVersion, ConfigurationTemplate } from "./application.ts";
import { effectiveSettings } from "./options/effective.ts";
import { toOptionSettings } from "./options/settings.ts";
import { platformArn, solutionStackName } from "./platforms.ts";

/** An application as the API shows it; the newest version first. */
export function describeApplication(application: Application): ApplicationDescription {
  return {
    ApplicationArn: application.arn,
    ApplicationName: application.name,
    Description: application.description,
    DateCreated: application.created,
    DateUpdated: application.updated,
    Versions: [...application.versions.keys()].toReversed(),
    ConfigurationTemplates: [...application.templates.keys()],
    ResourceLifecycleConfig: application.lifecycle,
  };
}

/** A version as the API shows it. */
export function describeVersion(
  application: Application,
  version: ApplicationVersion,
): ApplicationVersionDescription {
  return {
    ApplicationVersionArn: version.arn,
    ApplicationName: application.name,
    Description: version.description,
    VersionLabel: version.label,
    SourceBundle: { S3Bucket: version.bundle.bucket, S3Key: version.bundle.key },
    DateCreated: version.created,
    DateUpdated: version.updated,
    Status: version.status,
  };
}

/** A configuration template as the API shows it. */
export function describeTemplate(
  region: Region,
  application: Application,
  template: ConfigurationTemplate,
): ConfigurationSettingsDescription {
  return {
    SolutionStackName: solutionStackName(template.platform),
    PlatformArn: platformArn(template.platform, region.name),
    ApplicationName: application.name,
    TemplateName: template.name,
    Description: template.description,
    DateCreated: template.created,
    DateUpdated: template.updated,
    OptionSettings: toOptionSettings(effectiveSettings(template.given)),
  };
}
