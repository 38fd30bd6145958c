import {
  GetInstanceProfile$,
  type GetInstanceProfileRequest,
  type GetInstanceProfileResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeInstanceProfile } from "./describe.ts";
import { findInstanceProfile } from "./find.ts";

/** GetInstanceProfile. */
export const getInstanceProfile: Operation<GetInstanceProfileRequest, GetInstanceProfileResponse> = {
  schema: GetInstanceProfile$,
  run({ iam }, input) {
    const profile = findInstanceProfile(iam, input.InstanceProfileName!);
    return { InstanceProfile: describeInstanceProfile(iam, profile) };
  },
};
