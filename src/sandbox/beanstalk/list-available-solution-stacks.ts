import {
  ListAvailableSolutionStacks$,
  type ListAvailableSolutionStacksResultMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { PLATFORM_VERSIONS, solutionStackName } from "./platforms.ts";

/** ListAvailableSolutionStacks: recommended versions, and those that environments still run. */
export const listAvailableSolutionStacks: Operation<unknown, ListAvailableSolutionStacksResultMessage> = {
  schema: ListAvailableSolutionStacks$,
  run(region) {
    const used = new Set(
      [...region.beanstalk.environments.values()].map((environment) => environment.platform),
    );
    const names = PLATFORM_VERSIONS.filter(
      (platform) => platform.lifecycle === "Recommended" || used.has(platform),
    ).map(solutionStackName);
    return {
      SolutionStacks: names,
      SolutionStackDetails: names.map((SolutionStackName) => ({
        SolutionStackName,
        PermittedFileTypes: ["zip"],
      })),
    };
  },
};
