import {
  PutLifecycleConfiguration$,
  type PutLifecycleConfigurationRequest,
  type LifecycleConfigurationDescription,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findAvailable } from "./find.ts";

/** PutLifecycleConfiguration; nothing is ever moved to a colder class here. */
export const putLifecycleConfiguration: Operation<
  PutLifecycleConfigurationRequest,
  LifecycleConfigurationDescription
> = {
  schema: PutLifecycleConfiguration$,
  run({ efs }, input) {
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    const policies = input.LifecyclePolicies ?? [];
    if (
      policies.some((policy) => Object.values(policy).filter((value) => value !== undefined).length !== 1)
    ) {
      throw new ServiceError("BadRequest", "Each LifecyclePolicy must have exactly one transition.");
    }
    fileSystem.lifecyclePolicies = policies.map((policy) => ({ ...policy }));
    return { LifecyclePolicies: policies };
  },
};
