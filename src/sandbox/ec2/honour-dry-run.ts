import { type Operation, ServiceError } from "../wire/operation.ts";

/** An operation that, asked with `DryRun`, says that it would have succeeded, and does nothing. */
export function honourDryRun(operation: Operation): Operation {
  return {
    schema: operation.schema,
    run(region, input: { DryRun?: boolean }, caller) {
      if (input.DryRun === true) {
        throw new ServiceError(
          "DryRunOperation",
          "Request would have succeeded, but DryRun flag is set.",
          412,
        );
      }
      return operation.run(region, input, caller) as unknown;
    },
  };
}
