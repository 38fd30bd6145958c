import {
  PutAccountPreferences$,
  type PutAccountPreferencesRequest,
  type PutAccountPreferencesResponse,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";

/** PutAccountPreferences: long ids are all there is. */
export const putAccountPreferences: Operation<PutAccountPreferencesRequest, PutAccountPreferencesResponse> = {
  schema: PutAccountPreferences$,
  run({ efs }, input) {
    if (input.ResourceIdType !== "LONG_ID")
      throw new ServiceError("BadRequest", "Only LONG_ID is supported.");
    return {
      ResourceIdPreference: {
        ResourceIdType: efs.accountPreferences,
        Resources: ["FILE_SYSTEM", "MOUNT_TARGET"],
      },
    };
  },
};
