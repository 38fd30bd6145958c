import { DeleteInstanceProfile$, type DeleteInstanceProfileRequest } from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findInstanceProfile } from "./find.ts";

/** DeleteInstanceProfile: one without roles. */
export const deleteInstanceProfile: Operation<DeleteInstanceProfileRequest, void> = {
  schema: DeleteInstanceProfile$,
  run({ iam }, input) {
    const profile = findInstanceProfile(iam, input.InstanceProfileName!);
    if (profile.roles.length > 0) {
      throw new ServiceError(
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.",
        409,
      );
    }
    iam.instanceProfiles.delete(profile.name);
  },
};
