import type { _InstanceType, Instance as Description, InstanceState } from "@aws-sdk/client-ec2";
import type { Region } from "../region.ts";
import { findInstanceType } from "./instance-types.ts";
import type { Instance, InstanceStateName } from "./instance.ts";
import { publicAddress } from "./public-address.ts";
import { listTags } from "./tags.ts";

const CODES: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** A state with EC2's number for it. */
export function describeState(name: InstanceStateName): InstanceState {
  return { Name: name, Code: CODES[name] };
}

/** An instance as DescribeInstances shows it; a terminated one has lost its addresses, groups and volume. */
export function describeInstance(region: Region, instance: Instance): Description {
  const gone = instance.state === "terminated";
  return {
    InstanceId: instance.instanceId,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as _InstanceType,
    Architecture: instance.architecture,
    State: describeState(instance.state),
    ...(instance.stateReason
      ? {
          StateReason: { Code: instance.stateReason.code, Message: instance.stateReason.message },
          StateTransitionReason: instance.stateReason.message,
        }
      : {}),
    ...(instance.keyName === undefined ? {} : { KeyName: instance.keyName }),
    LaunchTime: instance.launchTime,
    AmiLaunchIndex: 0,
    Placement: { AvailabilityZone: instance.availabilityZone, Tenancy: "default", GroupName: "" },
    Monitoring: { State: "disabled" },
    CpuOptions: { CoreCount: findInstanceType(instance.instanceType)?.vCpus ?? 2, ThreadsPerCore: 1 },
    EbsOptimized: false,
    EnaSupport: true,
    Hypervisor: "xen",
    VirtualizationType: "hvm",
    RootDeviceName: "/dev/xvda",
    RootDeviceType: "ebs",
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    SourceDestCheck: !gone,
    MetadataOptions: {
      State: "applied",
      HttpTokens: "required",
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: "enabled",
    },
    ...(gone
      ? { PrivateDnsName: "", PublicDnsName: "", SecurityGroups: [], NetworkInterfaces: [] }
      : place(region, instance)),
    Tags: listTags(instance.tags),
  };
}

function place(region: Region, instance: Instance): Description {
  const groups = instance.securityGroupIds.map((GroupId) => ({
    GroupId,
    GroupName: region.ec2.securityGroups.get(GroupId)?.groupName,
  }));
  const publicIp = publicAddress(instance);
  return {
    VpcId: instance.vpcId,
    SubnetId: instance.subnetId,
    PrivateIpAddress: instance.privateIp,
    PrivateDnsName: instance.privateDnsName,
    PublicDnsName: "",
    ...(publicIp === undefined ? {} : { PublicIpAddress: publicIp }),
    SecurityGroups: groups,
    NetworkInterfaces: [
      {
        NetworkInterfaceId: instance.networkInterfaceId,
        SubnetId: instance.subnetId,
        VpcId: instance.vpcId,
        PrivateIpAddress: instance.privateIp,
        Groups: groups,
        OwnerId: region.accountId,
        Status: "in-use",
        InterfaceType: "interface",
        SourceDestCheck: true,
        Attachment: {
          AttachmentId: instance.networkInterfaceId.replace("eni-", "eni-attach-"),
          AttachTime: instance.launchTime,
          DeleteOnTermination: true,
          DeviceIndex: 0,
          Status: "attached",
        },
        ...(publicIp === undefined ? {} : { Association: { PublicIp: publicIp, IpOwnerId: "amazon" } }),
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: "/dev/xvda",
        Ebs: {
          VolumeId: instance.volumeId,
          Status: "attached",
          AttachTime: instance.launchTime,
          DeleteOnTermination: true,
        },
      },
    ],
    ...(instance.instanceProfileArn === undefined
      ? {}
      : {
          IamInstanceProfile: {
            Arn: instance.instanceProfileArn,
            Id: profileId(region, instance.instanceProfileArn),
          },
        }),
  };
}

function profileId(region: Region, arn: string): string | undefined {
  return [...region.iam.instanceProfiles.values()].find((one) => one.arn === arn)?.instanceProfileId;
}
