import {
  DescribeInstancesCommand,
  type EC2Client,
  GetConsoleOutputCommand,
  type Instance as Ec2Instance,
} from "@aws-sdk/client-ec2";
import { type EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import {
  DescribeEnvironmentResourcesCommand,
  type ElasticBeanstalkClient,
} from "@aws-sdk/client-elastic-beanstalk";

/** An instance of an environment. */
export interface Instance {
  readonly id: string;
  readonly publicIp: string | undefined;
  readonly privateIp: string | undefined;
  /** The first of its IPv6 addresses, which are public. */
  readonly ipv6?: string | undefined;
  readonly privateDnsName: string | undefined;
  readonly availabilityZone: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** EC2's word: pending, running, shutting-down, terminated, stopping, stopped. */
  readonly state: string;
  /** The EC2 key pair that it was launched with. */
  readonly keyName: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly launchedAt: Date | undefined;
}

/** The instances of environments, and the two ways in that EC2 offers. */
export interface Instances {
  /** Those that Auto Scaling holds now, terminated ones left out, oldest first. */
  ofEnvironment(environmentName: string): Promise<readonly Instance[]>;
  /** Admits an OpenSSH public key for 60 seconds through EC2 Instance Connect. */
  sendSshPublicKey(key: {
    instanceId: string;
    availabilityZone: string;
    user: string;
    publicKey: string;
  }): Promise<void>;
  /** What the instance wrote to its console so far; empty while EC2 has nothing yet. */
  consoleOutput(instanceId: string): Promise<string>;
}

/** Opens the adapter on three clients. */
export function openInstances(clients: {
  ec2: EC2Client;
  connect: EC2InstanceConnectClient;
  beanstalk: ElasticBeanstalkClient;
}): Instances {
  const { ec2, connect, beanstalk } = clients;
  return {
    async ofEnvironment(environmentName) {
      const resources = await beanstalk.send(
        new DescribeEnvironmentResourcesCommand({ EnvironmentName: environmentName }),
      );
      const ids = (resources.EnvironmentResources?.Instances ?? []).flatMap(({ Id }) => Id ?? []);
      if (ids.length === 0) return [];
      // By filter and not by id: an id that EC2 has forgotten would fail the whole call.
      const answer = await ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: ids }] }),
      );
      return (answer.Reservations ?? [])
        .flatMap((reservation) => reservation.Instances ?? [])
        .map(fromEc2)
        .filter(({ state }) => state !== "terminated" && state !== "shutting-down")
        .toSorted((a, b) => (a.launchedAt?.getTime() ?? 0) - (b.launchedAt?.getTime() ?? 0));
    },
    async sendSshPublicKey({ instanceId, availabilityZone, user, publicKey }) {
      await connect.send(
        new SendSSHPublicKeyCommand({
          InstanceId: instanceId,
          AvailabilityZone: availabilityZone,
          InstanceOSUser: user,
          SSHPublicKey: publicKey,
        }),
      );
    },
    async consoleOutput(instanceId) {
      const answer = await ec2.send(new GetConsoleOutputCommand({ InstanceId: instanceId }));
      return Buffer.from(answer.Output ?? "", "base64").toString("utf8");
    },
  };
}

function fromEc2(instance: Ec2Instance): Instance {
  return {
    id: instance.InstanceId ?? "",
    publicIp: instance.PublicIpAddress,
    privateIp: instance.PrivateIpAddress,
    ipv6: instance.Ipv6Address,
    privateDnsName: instance.PrivateDnsName,
    availabilityZone: instance.Placement?.AvailabilityZone ?? "",
    vpcId: instance.VpcId ?? "",
    subnetId: instance.SubnetId ?? "",
    state: instance.State?.Name ?? "unknown",
    keyName: instance.KeyName,
    securityGroupIds: (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    launchedAt: instance.LaunchTime,
  };
}
