import { frontOf } from "./effective.ts";
import { invalidValue, type Finding } from "./finding.ts";
import { isOn, listOf, numberOf, settingOf, type Settings } from "./settings.ts";

const ASG = "aws:autoscaling:asg";
const LAUNCH = "aws:autoscaling:launchconfiguration";
const MANAGED = "aws:elasticbeanstalk:managedactions";
const ROLLING = "aws:autoscaling:updatepolicy:rollingupdate";

function size(settings: Settings): Finding[] {
  const min = numberOf(settings, ASG, "MinSize", 1);
  return min > numberOf(settings, ASG, "MaxSize", 4)
    ? [invalidValue(ASG, "MinSize", String(min), "MinSize is greater than MaxSize")]
    : [];
}

function network(settings: Settings): Finding[] {
  const vpc = settingOf(settings, "aws:ec2:vpc", "VPCId") ?? "";
  return vpc !== "" && listOf(settings, "aws:ec2:vpc", "Subnets").length === 0
    ? [invalidValue("aws:ec2:vpc", "Subnets", undefined, "Specify the subnets for the VPC.")]
    : [];
}

function securityGroups(settings: Settings): Finding[] {
  if (!isOn(settings, LAUNCH, "DisableDefaultEC2SecurityGroup")) {
    return [];
  }
  const reason = "Specify at least one security group when DisableDefaultEC2SecurityGroup is set to true.";
  if (listOf(settings, LAUNCH, "SecurityGroups").length === 0) {
    return [invalidValue(LAUNCH, "SecurityGroups", undefined, reason)];
  }
  const balancer = "aws:elbv2:loadbalancer";
  return frontOf(settings) === "application" && listOf(settings, balancer, "SecurityGroups").length === 0
    ? [invalidValue(balancer, "SecurityGroups", undefined, reason)]
    : [];
}

function deployments(settings: Settings): Finding[] {
  const command = "aws:elasticbeanstalk:command";
  const policy = settingOf(settings, command, "DeploymentPolicy") ?? "";
  const front = frontOf(settings);
  if (policy.toLowerCase() === "trafficsplitting" && front !== "application") {
    const reason = "Traffic Splitting deployments are compatible only with Application Load Balancers";
    return [invalidValue(command, "DeploymentPolicy", policy, reason)];
  }
  const percent = settingOf(settings, command, "BatchSizeType")?.toLowerCase() === "percentage";
  const batch = numberOf(settings, command, "BatchSize", 100);
  return percent && batch > 100
    ? [invalidValue(command, "BatchSize", String(batch), "Value is greater than maximum allowed value: 100")]
    : [];
}

function rollingUpdates(settings: Settings): Finding[] {
  const kept = numberOf(settings, ROLLING, "MinInstancesInService", 0);
  const most = numberOf(settings, ASG, "MaxSize", 4);
  const reason = "should be less than the maximum instance count for the Autoscaling group";
  return isOn(settings, ROLLING, "RollingUpdateEnabled") && kept > 0 && kept >= most
    ? [invalidValue(ROLLING, "MinInstancesInService", String(kept), reason)]
    : [];
}

function managedActions(settings: Settings): Finding[] {
  if (!isOn(settings, MANAGED, "ManagedActionsEnabled")) {
    return [];
  }
  if ((settingOf(settings, MANAGED, "PreferredStartTime") ?? "") === "") {
    const reason = "You must specify a preferred start time to enable managed actions.";
    return [invalidValue(MANAGED, "PreferredStartTime", undefined, reason)];
  }
  const platform = `${MANAGED}:platformupdate`;
  return (settingOf(settings, platform, "UpdateLevel") ?? "") === ""
    ? [
        invalidValue(
          platform,
          "UpdateLevel",
          undefined,
          "You must specify an update level to enable managed actions.",
        ),
      ]
    : [];
}

function healthReporting(settings: Settings): Finding[] {
  const health = "aws:elasticbeanstalk:cloudwatch:logs:health";
  const system = settingOf(settings, "aws:elasticbeanstalk:healthreporting:system", "SystemType");
  const reason = "Health transition option settings require enhanced SystemType";
  return isOn(settings, health, "HealthStreamingEnabled") && system?.toLowerCase() !== "enhanced"
    ? [invalidValue(health, "HealthStreamingEnabled", "true", reason)]
    : [];
}

function processes(settings: Settings): Finding[] {
  return [...settings.keys()]
    .filter((namespace) => namespace.startsWith("aws:elasticbeanstalk:environment:process:"))
    .flatMap((namespace) => {
      const timeout = numberOf(settings, namespace, "HealthCheckTimeout", 5);
      return timeout >= numberOf(settings, namespace, "HealthCheckInterval", 15)
        ? [
            invalidValue(
              namespace,
              "HealthCheckTimeout",
              String(timeout),
              "HealthCheckTimeout must be less than HealthCheckInterval",
            ),
          ]
        : [];
    });
}

function listeners(settings: Settings): Finding[] {
  const reason = "You must specify an SSL certificate to configure a listener to use HTTPS or TLS";
  return [...settings.keys()]
    .filter((namespace) => namespace.startsWith("aws:elbv2:listener:"))
    .filter((namespace) => settingOf(settings, namespace, "Protocol")?.toUpperCase() === "HTTPS")
    .filter((namespace) => listOf(settings, namespace, "SSLCertificateArns").length === 0)
    .map((namespace) => invalidValue(namespace, "SSLCertificateArns", undefined, reason));
}

/** What effective settings contradict among themselves. */
export function conflicts(settings: Settings): Finding[] {
  return [
    size,
    network,
    securityGroups,
    deployments,
    rollingUpdates,
    managedActions,
    healthReporting,
    processes,
    listeners,
  ].flatMap((check) => check(settings));
}
