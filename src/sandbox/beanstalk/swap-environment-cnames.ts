import { SwapEnvironmentCNAMEs$, type SwapEnvironmentCNAMEsMessage } from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { serveEnvironment } from "./engine/serve-environment.ts";
import { findReadyEnvironment } from "./find.ts";
import { tell } from "./record-event.ts";

/** SwapEnvironmentCNAMEs: both listeners stay where they are and change their environments. */
export const swapEnvironmentCnames: Operation<SwapEnvironmentCNAMEsMessage, void> = {
  schema: SwapEnvironmentCNAMEs$,
  run(region, input) {
    const source = findReadyEnvironment(region.beanstalk, {
      EnvironmentId: input.SourceEnvironmentId,
      EnvironmentName: input.SourceEnvironmentName,
    });
    const destination = findReadyEnvironment(region.beanstalk, {
      EnvironmentId: input.DestinationEnvironmentId,
      EnvironmentName: input.DestinationEnvironmentName,
    });
    const { proxy, cname, cnamePrefix } = source;
    source.proxy = destination.proxy;
    source.cname = destination.cname;
    source.cnamePrefix = destination.cnamePrefix;
    destination.proxy = proxy;
    destination.cname = cname;
    destination.cnamePrefix = cnamePrefix;
    for (const [environment, other] of [
      [source, destination],
      [destination, source],
    ] as const) {
      environment.endpointUrl = environment.cname;
      environment.updated = new Date();
      serveEnvironment(environment);
      tell(region, environment, `Completed swapping CNAMEs with environment '${other.name}'.`);
    }
  },
};
