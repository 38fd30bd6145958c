import type { ConnectEndpoint } from "../../aws/connect-endpoints.ts";
import type { Instance } from "../../aws/instances.ts";
import { EXIT, UserError } from "../../errors.ts";

/** The ways to an instance's SSH server, as `--via` names them. */
export const WAYS = ["direct", "jump", "endpoint"] as const;
export type WayName = (typeof WAYS)[number];

/** The way to one instance, and the address at its end. */
export type Way =
  | { readonly kind: "direct" | "jump"; readonly address: string }
  | { readonly kind: "endpoint"; readonly address: string; readonly endpoint: ConnectEndpoint };

/** What is known before a way is chosen. */
export interface Situation {
  readonly instance: Instance;
  /** Does the command line, bertops.yaml or the environment name a jump host? */
  readonly hasJump: boolean;
  /** Instance Connect Endpoints of the instance's VPC that work. */
  readonly endpoints: readonly ConnectEndpoint[];
  /** `--via`: this way, or an error that says why not. */
  readonly via?: WayName;
}

/**
 * Chooses by what is there: a jump host that somebody named, the public address, an endpoint of the VPC, an IPv6 address. Throws
 * `no-way-in`, with the commands that make one, where there is none.
 */
export function chooseWay(situation: Situation): Way {
  const { instance, hasJump, via } = situation;
  const { publicIp, privateIp, ipv6 } = instance;
  if (publicIp === undefined && privateIp === undefined && ipv6 === undefined) throw noAddress(instance);
  const endpoint = nearest(situation);
  if (via === "jump" || (via === undefined && hasJump)) {
    if (!hasJump) throw noJump(instance);
    // Inside the VPC, where a jump host stands, the private address is the one that works.
    return { kind: "jump", address: (privateIp ?? publicIp ?? ipv6)! };
  }
  if (via === "direct") return { kind: "direct", address: (publicIp ?? ipv6 ?? privateIp)! };
  if (via === undefined && publicIp !== undefined) return { kind: "direct", address: publicIp };
  if (endpoint !== undefined && privateIp !== undefined)
    return { kind: "endpoint", address: privateIp, endpoint };
  if (via === undefined && ipv6 !== undefined) return { kind: "direct", address: ipv6 };
  throw noWay(instance, via);
}

/** One in the instance's own subnet costs no traffic between zones; any of the VPC will do. */
function nearest({ instance, endpoints }: Situation): ConnectEndpoint | undefined {
  return (
    endpoints.find(({ subnetId }) => subnetId === instance.subnetId) ??
    endpoints.find(({ availabilityZone }) => availabilityZone === instance.availabilityZone) ??
    endpoints[0]
  );
}

function noAddress({ id, state }: Instance): UserError {
  return new UserError({
    reason: "no-address",
    message: `The instance ${id} has no address yet; it is ${state}.`,
    hint: "Wait until it runs, then run the same command again.",
    next: ["bertops status"],
    exitCode: EXIT.retry,
  });
}

function noJump({ id }: Instance): UserError {
  return new UserError({
    reason: "no-jump",
    message: `--via jump needs a host to go through to ${id}, and none is named.`,
    hint: "Name it with --jump, as ssh.jump in bertops.yaml, or as BERTOPS_SSH_JUMP.",
    next: ["bertops ssh --jump USER@BASTION"],
    exitCode: EXIT.usage,
  });
}

function noWay({ id, vpcId, subnetId, securityGroupIds }: Instance, via: WayName | undefined): UserError {
  const [group = "sg-ID"] = securityGroupIds;
  return new UserError({
    reason: "no-way-in",
    message:
      via === "endpoint"
        ? `The VPC ${vpcId} has no EC2 Instance Connect Endpoint that works, so there is no tunnel to ${id}.`
        : `The instance ${id} has no public address, and the VPC ${vpcId} has no EC2 Instance Connect Endpoint.`,
    hint: "Create an endpoint (free; ready in about 5 minutes), name a host inside the VPC with --jump, or, where this machine reaches the VPC by itself (VPN, inside it), pass --via direct.",
    next: [
      `aws ec2 create-instance-connect-endpoint --subnet-id ${subnetId} --security-group-ids ${group}`,
      "bertops ssh --jump USER@BASTION",
      "bertops ssh --via direct",
    ],
    exitCode: EXIT.failed,
  });
}
