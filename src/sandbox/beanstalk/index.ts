import type { Operation } from "../wire/operation.ts";
import { abortEnvironmentUpdate } from "./abort-environment-update.ts";
import { associateEnvironmentOperationsRole } from "./associate-environment-operations-role.ts";
import { checkDnsAvailability } from "./check-dns-availability.ts";
import { createApplicationVersion } from "./create-application-version.ts";
import { createApplication } from "./create-application.ts";
import { createConfigurationTemplate } from "./create-configuration-template.ts";
import { createEnvironment } from "./create-environment.ts";
import { createStorageLocation } from "./create-storage-location.ts";
import { deleteApplicationVersion } from "./delete-application-version.ts";
import { deleteApplication } from "./delete-application.ts";
import { deleteConfigurationTemplate } from "./delete-configuration-template.ts";
import { deleteEnvironmentConfiguration } from "./delete-environment-configuration.ts";
import { describeAccountAttributes } from "./describe-account-attributes.ts";
import { describeApplicationVersions } from "./describe-application-versions.ts";
import { describeApplications } from "./describe-applications.ts";
import { describeConfigurationOptions } from "./describe-configuration-options.ts";
import { describeConfigurationSettings } from "./describe-configuration-settings.ts";
import { describeEnvironmentHealth } from "./describe-environment-health.ts";
import { describeEnvironmentManagedActionHistory } from "./describe-environment-managed-action-history.ts";
import { describeEnvironmentManagedActions } from "./describe-environment-managed-actions.ts";
import { describeEnvironmentResources } from "./describe-environment-resources.ts";
import { describeEnvironments } from "./describe-environments.ts";
import { describeEvents } from "./describe-events.ts";
import { describeInstancesHealth } from "./describe-instances-health.ts";
import { describePlatformVersion } from "./describe-platform-version.ts";
import { disassociateEnvironmentOperationsRole } from "./disassociate-environment-operations-role.ts";
import { listAvailableSolutionStacks } from "./list-available-solution-stacks.ts";
import { listPlatformBranches } from "./list-platform-branches.ts";
import { listPlatformVersions } from "./list-platform-versions.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { rebuildEnvironment } from "./rebuild-environment.ts";
import { requestEnvironmentInfo } from "./request-environment-info.ts";
import { restartAppServer } from "./restart-app-server.ts";
import { retrieveEnvironmentInfo } from "./retrieve-environment-info.ts";
import { swapEnvironmentCnames } from "./swap-environment-cnames.ts";
import { terminateEnvironment } from "./terminate-environment.ts";
import { updateApplicationResourceLifecycle } from "./update-application-resource-lifecycle.ts";
import { updateApplicationVersion } from "./update-application-version.ts";
import { updateApplication } from "./update-application.ts";
import { updateConfigurationTemplate } from "./update-configuration-template.ts";
import { updateEnvironment } from "./update-environment.ts";
import { updateTagsForResource } from "./update-tags-for-resource.ts";
import { validateConfigurationSettings } from "./validate-configuration-settings.ts";
import { unsupportedOperations } from "./unsupported-operations.ts";

export { createBeanstalkState } from "./state.ts";

/** Every Elastic Beanstalk operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  abortEnvironmentUpdate,
  associateEnvironmentOperationsRole,
  checkDnsAvailability,
  createApplicationVersion,
  createApplication,
  createConfigurationTemplate,
  createEnvironment,
  createStorageLocation,
  deleteApplicationVersion,
  deleteApplication,
  deleteConfigurationTemplate,
  deleteEnvironmentConfiguration,
  describeAccountAttributes,
  describeApplicationVersions,
  describeApplications,
  describeConfigurationOptions,
  describeConfigurationSettings,
  describeEnvironmentHealth,
  describeEnvironmentManagedActionHistory,
  describeEnvironmentManagedActions,
  describeEnvironmentResources,
  describeEnvironments,
  describeEvents,
  describeInstancesHealth,
  describePlatformVersion,
  disassociateEnvironmentOperationsRole,
  listAvailableSolutionStacks,
  listPlatformBranches,
  listPlatformVersions,
  listTagsForResource,
  rebuildEnvironment,
  requestEnvironmentInfo,
  restartAppServer,
  retrieveEnvironmentInfo,
  swapEnvironmentCnames,
  terminateEnvironment,
  updateApplicationResourceLifecycle,
  updateApplicationVersion,
  updateApplication,
  updateConfigurationTemplate,
  updateEnvironment,
  updateTagsForResource,
  validateConfigurationSettings,
  ...unsupportedOperations,
];
