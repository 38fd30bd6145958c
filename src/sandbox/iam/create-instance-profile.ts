import {
  CreateInstanceProfile$,
  type CreateInstanceProfileRequest,
  type CreateInstanceProfileResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { uniqueId } from "../identifiers.ts";
import { describeInstanceProfile, readTags } from "./describe.ts";
import { alreadyExists } from "./find.ts";
import type { InstanceProfile } from "./state.ts";

/** CreateInstanceProfile. */
export const createInstanceProfile: Operation<CreateInstanceProfileRequest, CreateInstanceProfileResponse> = {
  schema: CreateInstanceProfile$,
  run({ iam, accountId }, input) {
    const name = input.InstanceProfileName!;
    if (iam.instanceProfiles.has(name)) throw alreadyExists(`Instance Profile ${name} already exists.`);
    const path = input.Path ?? "/";
    const profile: InstanceProfile = {
      name,
      instanceProfileId: uniqueId("AIPA"),
      arn: `arn:aws:iam::${accountId}:instance-profile${path}${name}`,
      path,
      createdAt: new Date(),
      roles: [],
      tags: readTags(input.Tags),
    };
    iam.instanceProfiles.set(name, profile);
    return { InstanceProfile: describeInstanceProfile(iam, profile) };
  },
};
