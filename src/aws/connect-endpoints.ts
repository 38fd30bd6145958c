import {
  DescribeInstanceConnectEndpointsCommand,
  type EC2Client,
  type Ec2InstanceConnectEndpoint,
} from "@aws-sdk/client-ec2";
import type { EC2InstanceConnectClient } from "@aws-sdk/client-ec2-instance-connect";
import { SignatureV4 } from "@smithy/signature-v4";

/** An EC2 Instance Connect Endpoint: the way into subnets without public addresses. */
export interface ConnectEndpoint {
  readonly id: string;
  /** Where WebSocket connections are opened: its public name, or the FIPS one where the caller wants FIPS. */
  readonly dnsName: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly securityGroupIds: readonly string[];
  /** Instances then see the caller's address instead of the endpoint's. */
  readonly preservesClientIp: boolean;
}

/** What a tunnel through an endpoint leads to. */
export interface TunnelTarget {
  readonly privateIp: string;
  /** AWS lets 22 and 3389 through. */
  readonly port: number;
}

/** EC2 Instance Connect Endpoints, and the URLs that open tunnels through them. */
export interface ConnectEndpoints {
  /** Those of a VPC that take connections now. */
  inVpc(vpcId: string): Promise<readonly ConnectEndpoint[]>;
  /** A `wss:` URL that opens one tunnel; its signature holds for 60 s. */
  tunnelUrl(endpoint: ConnectEndpoint, target: TunnelTarget): Promise<string>;
}

/** States in which an endpoint takes connections. */
const WORKING = ["create-complete", "update-in-progress", "update-complete", "update-failed"];

/** AWS ends tunnels after an hour at the latest. */
const MAX_TUNNEL_SECONDS = 3600;
const URL_SECONDS = 60;

/** Opens the adapter on two clients. */
export function openConnectEndpoints(clients: {
  ec2: EC2Client;
  connect: EC2InstanceConnectClient;
}): ConnectEndpoints {
  const { ec2, connect } = clients;
  return {
    async inVpc(vpcId) {
      const fips = await ec2.config.useFipsEndpoint();
      const found: ConnectEndpoint[] = [];
      for (let token: string | undefined; ;) {
        const answer = await ec2.send(
          new DescribeInstanceConnectEndpointsCommand({
            Filters: [
              { Name: "vpc-id", Values: [vpcId] },
              { Name: "state", Values: WORKING },
            ],
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        for (const one of answer.InstanceConnectEndpoints ?? []) found.push(...fromEc2(one, fips));
        token = answer.NextToken;
        if (token === undefined || token === "") return found;
      }
    },
    async tunnelUrl(endpoint, { privateIp, port }) {
      const { config } = connect;
      // AWS_ENDPOINT_URL leads here as well: then the endpoint's own name is not asked for.
      const base = await config.endpoint?.();
      const hostname = base?.hostname ?? endpoint.dnsName;
      const host = base?.port === undefined ? hostname : `${hostname}:${base.port}`;
      const query = {
        instanceConnectEndpointId: endpoint.id,
        maxTunnelDuration: String(MAX_TUNNEL_SECONDS),
        privateIpAddress: privateIp,
        remotePort: String(port),
      };
      const signer = new SignatureV4({
        service: "ec2-instance-connect",
        region: config.region,
        credentials: config.credentials,
        sha256: config.sha256,
      });
      const signed = await signer.presign(
        { method: "GET", protocol: "https:", hostname, path: "/openTunnel", query, headers: { host } },
        { expiresIn: URL_SECONDS },
      );
      const parameters = new URLSearchParams();
      for (const [name, value] of Object.entries(signed.query ?? {})) parameters.set(name, String(value));
      const scheme = base?.protocol === "http:" ? "ws" : "wss";
      // A form would write spaces as plus signs, which a signature does not.
      return `${scheme}://${host}/openTunnel?${parameters.toString().replaceAll("+", "%20")}`;
    },
  };
}

function fromEc2(one: Ec2InstanceConnectEndpoint, fips: boolean): readonly ConnectEndpoint[] {
  const dnsName = fips ? one.FipsDnsName : one.DnsName;
  if (dnsName === undefined || dnsName === "") return [];
  return [
    {
      id: one.InstanceConnectEndpointId ?? "",
      dnsName,
      vpcId: one.VpcId ?? "",
      subnetId: one.SubnetId ?? "",
      availabilityZone: one.AvailabilityZone ?? "",
      securityGroupIds: one.SecurityGroupIds ?? [],
      preservesClientIp: one.PreserveClientIp ?? false,
    },
  ];
}
