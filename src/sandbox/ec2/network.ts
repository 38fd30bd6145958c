/** A virtual private cloud. */
export interface Vpc {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly dhcpOptionsId: string;
  readonly networkAclId: string;
  readonly tags: Map<string, string>;
}

/** A subnet; the default VPC has one in every zone. */
export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly defaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  /** The host part of the next address that is given out. */
  nextAddress: number;
  readonly tags: Map<string, string>;
}

/** An internet gateway. */
export interface InternetGateway {
  readonly internetGatewayId: string;
  readonly vpcId: string;
  readonly tags: Map<string, string>;
}

/** A route table; the default VPC's main one leads to the internet gateway. */
export interface RouteTable {
  readonly routeTableId: string;
  readonly associationId: string;
  readonly vpcId: string;
  readonly gatewayId: string;
  readonly tags: Map<string, string>;
}

/** The next free private address of a subnet of 172.31/16, `172.31.x.y`. */
export function takeAddress(subnet: Subnet): string {
  const base = subnet.cidrBlock.split("/")[0]!.split(".").map(Number);
  const host = subnet.nextAddress++;
  return `${base[0]}.${base[1]}.${base[2]! + (host >> 8)}.${host & 255}`;
}
