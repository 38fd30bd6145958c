import type { Command } from "commander";
import type { Act } from "./act.ts";
import { completion } from "./completion.ts";
import { convert } from "./convert.ts";
import { models } from "./models.ts";
import { mountEfs } from "./mount-efs.ts";
import { pushModel } from "./push-model.ts";
import { quickstart } from "./quickstart.ts";
import { sandbox } from "./sandbox.ts";
import { serveCommand } from "./serve.ts";
import { testEndpointCommand } from "./test-endpoint.ts";

/** Every command, in the order in which the help shows them. */
export const commands: readonly ((program: Command, act: Act) => void)[] = [
  quickstart,
  mountEfs,
  pushModel,
  models,
  convert,
  testEndpointCommand,
  serveCommand,
  sandbox,
  completion,
];
