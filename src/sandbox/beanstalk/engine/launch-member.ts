import { terminateInstance } from "../../ec2/end-instance.ts";
import type { Instance } from "../../ec2/instance.ts";
import { runInstance, type InstanceSpec } from "../../ec2/run-instance.ts";
import type { InstanceChange } from "../../ec2/state.ts";
import type { Host } from "../../hosts/host.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { newTarget } from "../health/next-target.ts";
import type { Member } from "../member.ts";
import { isOn, listOf, numberOf, settingOf } from "../options/settings.ts";
import { DEFAULT_PROXY_RULES } from "../proxy/proxy-rules.ts";
import { findInstanceProfile } from "./find-instance-profile.ts";
import { emptiestSubnet, subnetsOf } from "./network-of.ts";

/** An instance could not be launched; the message is EC2's reason. */
export class LaunchFailure extends Error {
  override readonly name = "LaunchFailure";
}

const LAUNCH = "aws:autoscaling:launchconfiguration";

/** What an instance of the environment is launched with. */
export function memberSpec(region: Region, environment: Environment): InstanceSpec {
  const { settings, resources } = environment;
  const zones = [...environment.members.values()].map((member) => member.availabilityZone);
  const subnet = emptiestSubnet(subnetsOf(region, settings), zones);
  const own = resources?.instanceSecurityGroup;
  const keyName = settingOf(settings, LAUNCH, "EC2KeyName") ?? "";
  const image = settingOf(settings, LAUNCH, "ImageId") ?? "";
  const single =
    settingOf(settings, "aws:elasticbeanstalk:environment", "EnvironmentType") === "SingleInstance";
  const associate = settingOf(settings, "aws:ec2:vpc", "AssociatePublicIpAddress") ?? "";
  const types = listOf(settings, "aws:ec2:instances", "InstanceTypes");
  const volumeSize = numberOf(settings, LAUNCH, "RootVolumeSize", 0);
  const tags = new Map([
    ...environment.tags,
    ["Name", environment.name],
    ["elasticbeanstalk:environment-name", environment.name],
    ["elasticbeanstalk:environment-id", environment.id],
    ["aws:autoscaling:groupName", resources?.groupName ?? ""],
    ["aws:cloudformation:stack-name", resources?.stackName ?? ""],
    ["aws:cloudformation:logical-id", "AWSEBAutoScalingGroup"],
    ...(isOn(settings, LAUNCH, "DisableIMDSv1") && resources !== undefined
      ? [["aws:ec2launchtemplate:id", resources.launchTemplateId] as const]
      : []),
  ]);
  return {
    instanceType: types[0] ?? settingOf(settings, LAUNCH, "InstanceType") ?? "t3.micro",
    subnetId: subnet?.subnetId ?? "",
    securityGroupIds: [...listOf(settings, LAUNCH, "SecurityGroups"), ...(own === undefined ? [] : [own])],
    imageId: image === "" ? undefined : image,
    keyName: keyName === "" ? undefined : keyName,
    instanceProfileArn: findInstanceProfile(region, settings)?.arn,
    rootVolumeSize: volumeSize > 0 ? volumeSize : undefined,
    rootVolumeType: settingOf(settings, LAUNCH, "RootVolumeType"),
    // A single instance gets an Elastic IP in any case.
    publicAddress: single ? true : associate === "" ? undefined : associate.toLowerCase() === "true",
    tags,
  };
}

function whenRunning(region: Region, instance: Instance, signal: AbortSignal): Promise<Host> {
  const { listeners } = region.ec2;
  return new Promise((resolve, reject) => {
    const settle = (): boolean => {
      if (instance.state === "running" && instance.host !== undefined) {
        resolve(instance.host);
        return true;
      }
      if (instance.state !== "pending") {
        reject(new LaunchFailure(instance.stateReason?.message ?? `The instance is ${instance.state}.`));
        return true;
      }
      return false;
    };
    if (settle()) {
      return;
    }
    const listen = (change: InstanceChange): void => {
      if (change.instance === instance && settle()) {
        end();
      }
    };
    const abort = (): void => {
      end();
      reject(signal.reason);
    };
    const end = (): void => {
      listeners.delete(listen);
      signal.removeEventListener("abort", abort);
    };
    listeners.add(listen);
    signal.addEventListener("abort", abort);
  });
}

/** Launches one instance into the environment's group and waits until it runs. Throws LaunchFailure. */
export async function launchMember(
  region: Region,
  environment: Environment,
  signal: AbortSignal,
): Promise<Member> {
  signal.throwIfAborted();
  let instance: Instance;
  try {
    instance = runInstance(region, memberSpec(region, environment));
  } catch (cause) {
    throw new LaunchFailure(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const member: Member = {
    instanceId: instance.instanceId,
    availabilityZone: instance.availabilityZone,
    launched: instance.launchTime,
    host: undefined,
    port: 0,
    deployment: undefined,
    application: undefined,
    target: newTarget(),
    proxyRules: DEFAULT_PROXY_RULES,
    registered: false,
    state: "Pending",
  };
  environment.members.set(member.instanceId, member);
  try {
    member.port = await region.beanstalk.ports.take();
    member.host = await whenRunning(region, instance, signal);
  } catch (cause) {
    environment.members.delete(member.instanceId);
    region.beanstalk.ports.release(member.port);
    // Nobody waits for it any more: left alone it would boot and stay.
    await terminateInstance(region, member.instanceId);
    throw cause;
  }
  member.state = "InService";
  return member;
}
