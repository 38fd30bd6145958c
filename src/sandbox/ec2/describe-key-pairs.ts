import {
  DescribeKeyPairs$,
  type DescribeKeyPairsRequest,
  type DescribeKeyPairsResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { applyFilters } from "./filter.ts";
import type { KeyPair } from "./key-pair.ts";
import type { Ec2State } from "./state.ts";
import { listTags } from "./tags.ts";

/** DescribeKeyPairs. */
export const describeKeyPairs: Operation<DescribeKeyPairsRequest, DescribeKeyPairsResult> = {
  schema: DescribeKeyPairs$,
  run({ ec2 }, input) {
    const found = applyFilters(asked(ec2, input), input.Filters, {
      "key-name": (pair) => [pair.keyName],
      "key-pair-id": (pair) => [pair.keyPairId],
      fingerprint: (pair) => [pair.fingerprint],
    });
    return {
      KeyPairs: found.map((pair) => ({
        KeyName: pair.keyName,
        KeyPairId: pair.keyPairId,
        KeyType: pair.keyType,
        KeyFingerprint: pair.fingerprint,
        CreateTime: pair.createdAt,
        ...(input.IncludePublicKey ? { PublicKey: `${pair.publicKey} ${pair.keyName}` } : {}),
        Tags: listTags(pair.tags),
      })),
    };
  },
};

function asked(ec2: Ec2State, { KeyNames: names, KeyPairIds: ids }: DescribeKeyPairsRequest): KeyPair[] {
  const all = [...ec2.keyPairs.values()];
  if (!names?.length && !ids?.length) return all;
  const byName = (names ?? []).map((name) => ec2.keyPairs.get(name) ?? notFound(name));
  const byId = (ids ?? []).map((id) => all.find((pair) => pair.keyPairId === id) ?? notFound(id));
  return [...byName, ...byId];
}

function notFound(name: string): never {
  throw new ServiceError("InvalidKeyPair.NotFound", `The key pair '${name}' does not exist`);
}
