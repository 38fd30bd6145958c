import {
  DisassociateEnvironmentOperationsRole$,
  type DisassociateEnvironmentOperationsRoleMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findReadyEnvironment } from "./find.ts";

/** DisassociateEnvironmentOperationsRole. */
export const disassociateEnvironmentOperationsRole: Operation<
  DisassociateEnvironmentOperationsRoleMessage,
  void
> = {
  schema: DisassociateEnvironmentOperationsRole$,
  run(region, input) {
    findReadyEnvironment(region.beanstalk, input).operationsRole = undefined;
  },
};
