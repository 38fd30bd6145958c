import { addDefaultVpc } from "./default-vpc.ts";
import type { Instance, InstanceStateName } from "./instance.ts";
import type { KeyPair } from "./key-pair.ts";
import type { InternetGateway, RouteTable, Subnet, Vpc } from "./network.ts";
import type { SecurityGroup } from "./security-group.ts";

/** An Elastic IP address; it answers at the instance's own address of this machine. */
export interface ElasticAddress {
  readonly allocationId: string;
  readonly associationId: string;
  readonly publicIp: string;
  instanceId: string | undefined;
  readonly tags: Map<string, string>;
}

/** An EC2 Instance Connect Endpoint. */
export interface ConnectEndpoint {
  readonly endpointId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  readonly securityGroupIds: readonly string[];
  readonly preserveClientIp: boolean;
  readonly createdAt: Date;
  readonly availableAt: number;
  deletedAt: number | undefined;
  readonly tags: Map<string, string>;
}

/** A public key that EC2 Instance Connect pushed. */
export interface ConnectKey {
  readonly instanceId: string;
  readonly user: string;
  /** One line in OpenSSH's format. */
  readonly publicKey: string;
  /** Until when it admits, in milliseconds since 1970. */
  readonly until: number;
}

/** An instance went from one state to another. */
export interface InstanceChange {
  readonly instance: Instance;
  readonly from: InstanceStateName | undefined;
  readonly to: InstanceStateName;
}

/** Everything that EC2 knows. */
export interface Ec2State {
  readonly regionName: string;
  readonly accountId: string;
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly internetGateways: Map<string, InternetGateway>;
  readonly routeTables: Map<string, RouteTable>;
  readonly securityGroups: Map<string, SecurityGroup>;
  /** By name. */
  readonly keyPairs: Map<string, KeyPair>;
  readonly instances: Map<string, Instance>;
  /** By allocation id. */
  readonly addresses: Map<string, ElasticAddress>;
  readonly connectEndpoints: Map<string, ConnectEndpoint>;
  connectKeys: ConnectKey[];
  /** Tags of volumes and network interfaces, which exist as parts of instances. */
  readonly partTags: Map<string, Map<string, string>>;
  /** Called on every change of an instance's state; whoever launches instances listens here. */
  readonly listeners: Set<(change: InstanceChange) => void>;
}

/** Starts EC2 with the default VPC that every account has. */
export function createEc2State(regionName: string, accountId: string): Ec2State {
  const state: Ec2State = {
    regionName,
    accountId,
    vpcs: new Map(),
    subnets: new Map(),
    internetGateways: new Map(),
    routeTables: new Map(),
    securityGroups: new Map(),
    keyPairs: new Map(),
    instances: new Map(),
    addresses: new Map(),
    connectEndpoints: new Map(),
    connectKeys: [],
    partTags: new Map(),
    listeners: new Set(),
  };
  addDefaultVpc(state);
  return state;
}
