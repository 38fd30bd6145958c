import type { Setting } from "../aws/environments.ts";
import {
  FILE_SYSTEM_PROPERTY,
  MOUNT_POINT_PROPERTY,
  PROPERTIES_NAMESPACE,
  PROPERTIES_PROPERTY,
  TOKEN_SECRET_PROPERTY,
} from "./names.ts";
import { type GroupPart, isBalanced, type Wanted } from "./wanted.ts";

/** Ids of what the settings refer to; unknown ones have yet to be made. */
export interface Ids {
  readonly groups: ReadonlyMap<GroupPart, string>;
  readonly fileSystem: string | undefined;
}

/** Stands for an id that is not known yet; it equals nothing that AWS answers. */
export const UNKNOWN_ID = "(known after creation)";

/** The option settings of the environment: all that bertops sets, and nothing else. */
export function settingsFor(wanted: Wanted, ids: Ids): readonly Setting[] {
  const { config, ground } = wanted;
  const { service } = config;
  const balanced = isBalanced(config);
  const subnets = ground.subnets.map(({ id }) => id).join(",");
  const group = (part: GroupPart): string => ids.groups.get(part) ?? UNKNOWN_ID;
  const settings: Record<string, Record<string, string>> = {
    "aws:elasticbeanstalk:environment": {
      EnvironmentType: balanced ? "LoadBalanced" : "SingleInstance",
      // The API's default is a classic load balancer, and the type cannot be changed later: so a single instance, which
      // has none yet, states it too.
      LoadBalancerType: "application",
      ServiceRole: wanted.roles.service.arn,
    },
    "aws:autoscaling:launchconfiguration": {
      IamInstanceProfile: wanted.roles.instance.name,
      DisableIMDSv1: "true",
      RootVolumeType: "gp3",
      RootVolumeSize: String(service.volumeSize),
      SecurityGroups: group("instance"),
      DisableDefaultEC2SecurityGroup: "true",
      LaunchTemplateTagPropagationEnabled: "true",
      ...(config.ssh.keyPair === undefined ? {} : { EC2KeyName: config.ssh.keyPair }),
    },
    "aws:ec2:instances": {
      InstanceTypes: service.instanceType,
      SupportedArchitectures: ground.architecture,
    },
    "aws:ec2:vpc": {
      VPCId: ground.vpcId,
      Subnets: subnets,
      ...(balanced ? { ELBSubnets: subnets } : {}),
      AssociatePublicIpAddress: String(ground.subnets.every((subnet) => subnet.public)),
    },
    "aws:autoscaling:asg": {
      MinSize: String(service.instances.min),
      MaxSize: String(service.instances.max),
    },
    "aws:elasticbeanstalk:command": {
      // Alone, an instance is updated in place; behind a load balancer none is missing meanwhile.
      DeploymentPolicy: balanced ? "RollingWithAdditionalBatch" : "AllAtOnce",
      ...(balanced ? { BatchSizeType: "Fixed", BatchSize: "1" } : {}),
      Timeout: "1200",
    },
    "aws:elasticbeanstalk:healthreporting:system": { SystemType: "enhanced" },
    ...(balanced ? balancedSettings(group("balancer")) : singleSettings()),
    [PROPERTIES_NAMESPACE]: properties(wanted, ids),
  };
  return Object.entries(settings).flatMap(([namespace, options]) =>
    Object.entries(options).map(([option, value]) => ({ namespace, option, value })),
  );
}

function singleSettings(): Record<string, Record<string, string>> {
  return { "aws:elasticbeanstalk:application": { "Application Healthcheck URL": "/healthz" } };
}

function balancedSettings(balancerGroup: string): Record<string, Record<string, string>> {
  return {
    "aws:elasticbeanstalk:environment:process:default": { HealthCheckPath: "/healthz" },
    // Longer than the service and nginx take, so that whoever is slow says so itself.
    "aws:elbv2:loadbalancer": { SecurityGroups: balancerGroup, IdleTimeout: "120" },
    "aws:autoscaling:updatepolicy:rollingupdate": {
      RollingUpdateEnabled: "true",
      RollingUpdateType: "Health",
    },
  };
}

function properties(wanted: Wanted, ids: Ids): Record<string, string> {
  const { service, fileSystem, model } = wanted.config;
  const chosen = {
    ...service.environment,
    ...(service.tokenSecret === undefined ? {} : { [TOKEN_SECRET_PROPERTY]: service.tokenSecret }),
  };
  const own = Object.keys(chosen).toSorted();
  return {
    ...chosen,
    PORT: "8080",
    MODEL_ROOT: `${fileSystem.mountPoint}/models`,
    MODEL_NAME: model.name,
    [FILE_SYSTEM_PROPERTY]: ids.fileSystem ?? UNKNOWN_ID,
    [MOUNT_POINT_PROPERTY]: fileSystem.mountPoint,
    ...(own.length === 0 ? {} : { [PROPERTIES_PROPERTY]: own.join(",") }),
  };
}
