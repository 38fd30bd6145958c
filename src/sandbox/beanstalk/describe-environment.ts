import type { EnvironmentDescription } from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Environment } from "./environment.ts";
import { settingOf } from "./options/settings.ts";
import { platformArn, solutionStackName } from "./platforms.ts";
import { SAMPLE_LABEL } from "./sample-application.ts";

/** Does the environment report health in words and causes, and not only in colours? */
export function hasEnhancedHealth(environment: Environment): boolean {
  const system = "aws:elasticbeanstalk:healthreporting:system";
  return settingOf(environment.settings, system, "SystemType")?.toLowerCase() === "enhanced";
}

/** An environment as the API shows it. */
export function describeEnvironment(region: Region, environment: Environment): EnvironmentDescription {
  return {
    EnvironmentName: environment.name,
    EnvironmentId: environment.id,
    ApplicationName: environment.applicationName,
    VersionLabel: environment.versionLabel ?? SAMPLE_LABEL,
    SolutionStackName: solutionStackName(environment.platform),
    PlatformArn: platformArn(environment.platform, region.name),
    TemplateName: environment.templateName,
    Description: environment.description,
    EndpointURL: environment.endpointUrl,
    CNAME: environment.cname,
    DateCreated: environment.created,
    DateUpdated: environment.updated,
    Status: environment.status,
    AbortableOperationInProgress: environment.abortable,
    Health: environment.report.health,
    HealthStatus: hasEnhancedHealth(environment) ? environment.report.status : undefined,
    Tier: { Name: "WebServer", Type: "Standard", Version: "1.0" },
    EnvironmentLinks: [],
    EnvironmentArn: environment.arn,
    OperationsRole: environment.operationsRole,
  };
}
