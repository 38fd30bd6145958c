import {
  AssociateEnvironmentOperationsRole$,
  type AssociateEnvironmentOperationsRoleMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findReadyEnvironment } from "./find.ts";

/** AssociateEnvironmentOperationsRole: kept and shown. */
export const associateEnvironmentOperationsRole: Operation<AssociateEnvironmentOperationsRoleMessage, void> =
  {
    schema: AssociateEnvironmentOperationsRole$,
    run(region, input) {
      findReadyEnvironment(region.beanstalk, input).operationsRole = input.OperationsRole;
    },
  };
