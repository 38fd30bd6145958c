import { DeleteRole$, type DeleteRoleRequest } from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findRole } from "./find.ts";

/** DeleteRole: one that is bare of policies and in no instance profile. */
export const deleteRole: Operation<DeleteRoleRequest, void> = {
  schema: DeleteRole$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    const conflict = (message: string): ServiceError => new ServiceError("DeleteConflict", message, 409);
    if (role.path.startsWith("/aws-service-role/")) {
      throw new ServiceError(
        "UnmodifiableEntity",
        `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
      );
    }
    if ([...iam.instanceProfiles.values()].some((profile) => profile.roles.includes(role.name))) {
      throw conflict("Cannot delete entity, must remove roles from instance profile first.");
    }
    if (role.attachedPolicies.size > 0) {
      throw conflict("Cannot delete entity, must detach all policies first.");
    }
    if (role.inlinePolicies.size > 0) throw conflict("Cannot delete entity, must delete policies first.");
    iam.roles.delete(role.name);
  },
};
