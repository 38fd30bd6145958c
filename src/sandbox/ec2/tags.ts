import type { Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { ServiceError } from "../wire/operation.ts";
import type { Ec2State } from "./state.ts";

const MAX_TAGS = 50;

/** The tags of a request's specifications, which must be for the resource that is created. */
export function requestedTags(
  specifications: readonly TagSpecification[] | undefined,
  resourceType: string,
): Map<string, string> {
  const tags = new Map<string, string>();
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== resourceType) {
      throw new ServiceError(
        "InvalidParameterValue",
        `'${specification.ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    putTags(tags, specification.Tags ?? []);
  }
  return tags;
}

/** Adds tags to a resource's. Throws for reserved keys and for more than 50. */
export function putTags(onto: Map<string, string>, tags: readonly Tag[]): void {
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (key.toLowerCase().startsWith("aws:")) {
      throw new ServiceError(
        "InvalidParameterValue",
        `Tag keys starting with 'aws:' are reserved for internal use`,
      );
    }
    if (key === "" || key.length > 127 || value.length > 255) {
      throw new ServiceError(
        "InvalidParameterValue",
        `Tag key or value of '${key}' is not of a valid length`,
      );
    }
    onto.set(key, value);
  }
  if (onto.size > MAX_TAGS) {
    throw new ServiceError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
  }
}

/** Tags as EC2 lists them. */
export function listTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** The tags of any resource by its id. Throws `InvalidID`. */
export function tagsOf(ec2: Ec2State, id: string): Map<string, string> {
  const keyPair = [...ec2.keyPairs.values()].find((one) => one.keyPairId === id);
  const rule = [...ec2.securityGroups.values()]
    .flatMap((group) => group.rules)
    .find((one) => one.ruleId === id);
  const resource =
    ec2.vpcs.get(id) ??
    ec2.subnets.get(id) ??
    ec2.internetGateways.get(id) ??
    ec2.routeTables.get(id) ??
    ec2.securityGroups.get(id) ??
    ec2.instances.get(id) ??
    ec2.addresses.get(id) ??
    ec2.connectEndpoints.get(id) ??
    keyPair ??
    rule;
  if (resource) return resource.tags;
  const instance = [...ec2.instances.values()].find(
    (one) => one.volumeId === id || one.networkInterfaceId === id,
  );
  if (!instance) throw new ServiceError("InvalidID", `The ID '${id}' is not valid`);
  const tags = ec2.partTags.get(id) ?? new Map<string, string>();
  ec2.partTags.set(id, tags);
  return tags;
}
