import { ServiceError } from "../wire/operation.ts";

/** Provisioned throughput needs a number, the other modes have none. Throws `BadRequest`. */
export function checkThroughput(mode: string, provisioned: number | undefined): void {
  if (mode === "provisioned" && provisioned === undefined) {
    throw new ServiceError(
      "BadRequest",
      "ProvisionedThroughputInMibps must be specified when ThroughputMode is provisioned.",
    );
  }
  if (mode !== "provisioned" && provisioned !== undefined) {
    throw new ServiceError(
      "BadRequest",
      "ProvisionedThroughputInMibps can be specified only when ThroughputMode is provisioned.",
    );
  }
}
