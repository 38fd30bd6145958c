import { ServiceError } from "../wire/operation.ts";

/** The kinds of things that EC2 finds by id: prefix of ids, error code, and the words of its message. */
const KINDS = {
  vpc: { code: "InvalidVpcID", noun: "vpc ID" },
  subnet: { code: "InvalidSubnetID", noun: "subnet ID" },
  sg: { code: "InvalidGroup", noun: "security group" },
  sgr: { code: "InvalidSecurityGroupRuleId", noun: "security group rule ID" },
  igw: { code: "InvalidInternetGatewayID", noun: "internetGateway ID" },
  rtb: { code: "InvalidRouteTableID", noun: "routeTable ID" },
  eni: { code: "InvalidNetworkInterfaceID", noun: "networkInterface ID" },
  vol: { code: "InvalidVolume", noun: "volume" },
  i: { code: "InvalidInstanceID", noun: "instance ID" },
  eipalloc: { code: "InvalidAllocationID", noun: "allocation ID" },
  eice: { code: "InvalidInstanceConnectEndpointId", noun: "instance connect endpoint ID" },
} as const;

/** The prefix of a kind's ids. */
export type IdPrefix = keyof typeof KINDS;

/** All items, or those with these ids. Throws `Invalid….Malformed` and `Invalid….NotFound`. */
export function select<T>(
  prefix: IdPrefix,
  items: ReadonlyMap<string, T>,
  ids: readonly string[] | undefined,
): T[] {
  if (!ids || ids.length === 0) return [...items.values()];
  return ids.map((id) => find(prefix, items, id));
}

/** The item with this id. Throws `Invalid….Malformed` and `Invalid….NotFound`. */
export function find<T>(prefix: IdPrefix, items: ReadonlyMap<string, T>, id: string): T {
  const { code, noun } = KINDS[prefix];
  if (!new RegExp(`^${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?$`).test(id)) {
    const malformed = prefix === "sg" ? "InvalidGroupId" : code;
    throw new ServiceError(`${malformed}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
  const item = items.get(id);
  if (item === undefined) throw new ServiceError(`${code}.NotFound`, `The ${noun} '${id}' does not exist`);
  return item;
}
