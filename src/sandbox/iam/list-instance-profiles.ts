import {
  ListInstanceProfiles$,
  type ListInstanceProfilesRequest,
  type ListInstanceProfilesResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeInstanceProfile } from "./describe.ts";
import { page } from "./page.ts";

/** ListInstanceProfiles. */
export const listInstanceProfiles: Operation<ListInstanceProfilesRequest, ListInstanceProfilesResponse> = {
  schema: ListInstanceProfiles$,
  run({ iam }, input) {
    const prefix = input.PathPrefix ?? "/";
    const profiles = [...iam.instanceProfiles.values()].filter((profile) => profile.path.startsWith(prefix));
    const { items, more } = page(profiles, input);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(iam, profile)), ...more };
  },
};
