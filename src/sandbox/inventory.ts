import { stateOf, sweep } from "./efs/life-cycle.ts";
import { isAlive } from "./ec2/instance.ts";
import type { Region } from "./region.ts";

/** Everything that somebody made in the region and that still exists: kind of resource -> names or ids. */
export function inventory(region: Region): Record<string, string[]> {
  const { ec2, efs, iam, s3, beanstalk } = region;
  sweep(efs);
  const environments = [...beanstalk.environments.values()].filter((one) => one.terminated === undefined);
  return {
    "Beanstalk applications": [...beanstalk.applications.keys()],
    "Beanstalk environments": environments.map((one) => `${one.name} (${one.status})`),
    "Beanstalk application versions": [...beanstalk.applications.values()].flatMap((application) =>
      [...application.versions.keys()].map((label) => `${application.name}/${label}`),
    ),
    "load balancers": environments.flatMap((one) => one.resources?.loadBalancer?.name ?? []),
    instances: [...ec2.instances.values()].filter(isAlive).map((one) => `${one.instanceId} (${one.state})`),
    "elastic addresses": [...ec2.addresses.keys()],
    "security groups": [...ec2.securityGroups.values()]
      .filter((group) => group.groupName !== "default")
      .map((group) => `${group.groupId} (${group.groupName})`),
    "key pairs": [...ec2.keyPairs.keys()],
    "instance connect endpoints": [...ec2.connectEndpoints.keys()],
    "file systems": [...efs.fileSystems.values()].map((one) => `${one.fileSystemId} (${stateOf(one)})`),
    "mount targets": [...efs.mountTargets.values()].map((one) => `${one.mountTargetId} (${stateOf(one)})`),
    "access points": [...efs.accessPoints.keys()],
    roles: [...iam.roles.keys()],
    "instance profiles": [...iam.instanceProfiles.keys()],
    buckets: [...s3.buckets.keys()],
    objects: [...s3.buckets.values()].flatMap((bucket) =>
      [...bucket.objects.keys()].map((key) => `${bucket.name}/${key}`),
    ),
  };
}
