/** The tag that says which application of bertops a resource belongs to. */
export const APPLICATION_TAG = "bertops:application";
/** The tag that says which environment; what lacks it, bertops neither changes nor deletes. */
export const ENVIRONMENT_TAG = "bertops:environment";

/** Where a resource belongs. */
export interface Owner {
  readonly application: string;
  readonly environment: string;
  readonly region: string;
}

/** Names of the resources of one environment. Roles are global in an account, so theirs carry the region; at most 64 characters. */
export function namesOf(owner: Owner): {
  readonly serviceRole: string;
  readonly instanceRole: string;
  readonly instanceGroup: string;
  readonly balancerGroup: string;
  readonly fileSystemGroup: string;
  readonly creationToken: string;
} {
  const { environment, region } = owner;
  return {
    serviceRole: `${environment}-${region}-service`,
    instanceRole: `${environment}-${region}-instance`,
    instanceGroup: `bertops-${environment}-instance`,
    balancerGroup: `bertops-${environment}-balancer`,
    fileSystemGroup: `bertops-${environment}-efs`,
    creationToken: `bertops-${environment}`,
  };
}

/** The path of bertops' roles and instance profiles. */
export const ROLE_PATH = "/bertops/";

/** Tags of everything that is made for an environment. */
export function tagsFor(owner: Owner, further: Readonly<Record<string, string>>): Record<string, string> {
  return { ...further, [APPLICATION_TAG]: owner.application, [ENVIRONMENT_TAG]: owner.environment };
}

/** Did bertops make it, for this very environment? Environments of one application never share these resources. */
export function isOurs(tags: Readonly<Record<string, string>>, owner: Owner): boolean {
  return tags[ENVIRONMENT_TAG] === owner.environment && tags[APPLICATION_TAG] === owner.application;
}

/** The bucket that Elastic Beanstalk keeps in a region. */
export function storageBucket(region: string, accountId: string): string {
  return `elasticbeanstalk-${region}-${accountId}`;
}

/** Where an application's bundles are kept in that bucket. */
export function bundlePrefix(application: string): string {
  return `bertops/${application}/`;
}

/** The environment property that names the file system for the mount hook. */
export const FILE_SYSTEM_PROPERTY = "BERTOPS_FILE_SYSTEM";
/** The environment property that names the mount point for the mount hook. */
export const MOUNT_POINT_PROPERTY = "BERTOPS_MOUNT_POINT";
/** The environment property that lists those which bertops.yaml set, so that one which is taken out there is removed. */
export const PROPERTIES_PROPERTY = "BERTOPS_PROPERTIES";
/** The ARN of the secret that holds the bearer token. */
export const TOKEN_SECRET_PROPERTY = "BERTOPS_TOKEN_SECRET";
/** The namespace of environment properties. */
export const PROPERTIES_NAMESPACE = "aws:elasticbeanstalk:application:environment";
