import {
  GetConsoleOutput$,
  type GetConsoleOutputRequest,
  type GetConsoleOutputResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { find } from "./select.ts";

/** GetConsoleOutput: nothing at first, then what the instance's console shows, in base64. */
export const getConsoleOutput: Operation<GetConsoleOutputRequest, GetConsoleOutputResult> = {
  schema: GetConsoleOutput$,
  run(region, input) {
    const instance = find("i", region.ec2.instances, input.InstanceId!);
    const since = instance.runningSince ?? Infinity;
    const shown = instance.host && since + region.timings.console <= Date.now();
    return {
      InstanceId: instance.instanceId,
      Timestamp: new Date(),
      Output: shown ? Buffer.from(instance.host!.consoleOutput()).toString("base64") : "",
    };
  },
};
