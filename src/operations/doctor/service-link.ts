import { EXIT, UserError } from "../../errors.ts";
import type { World } from "../../world.ts";
import { type TestedEnvironment, testEndpoint } from "../test-endpoint/test-endpoint.ts";
import type { Link } from "./chain.ts";

/** How long a service may take before it counts as silent, in milliseconds. */
const PATIENCE = 20_000;

/** The end of the chain: the service answers, on every instance, with the same version. */
export function serviceLink(service: TestedEnvironment, world: World): Link {
  return {
    name: "service",
    async look() {
      const result = await testEndpoint(
        {
          question: { target: "JSON", texts: ["text", "format", "data"] },
          token: world.environment["BERTOPS_TOKEN"],
          wait: PATIENCE,
          surveyWithin: PATIENCE,
          signal: world.signal,
          emit: () => {},
        },
        { environment: () => Promise.resolve(service) },
      );
      const fault = result.checks.find(({ ok }) => !ok);
      if (fault === undefined) return `${service.url} answers POST /sim`;
      throw new UserError({
        reason: "service-fault",
        message: `${service.url}: ${fault.name}: ${fault.detail}`,
        next: ["bertops logs", "bertops test-endpoint"],
        exitCode: EXIT.fault,
      });
    },
  };
}
