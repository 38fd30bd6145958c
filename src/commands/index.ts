import type { Command } from "commander";
import type { Act } from "./act.ts";
import { completion } from "./completion.ts";
import { convert } from "./convert.ts";
import { quickstart } from "./quickstart.ts";
import { sandbox } from "./sandbox.ts";
import { serveCommand } from "./serve.ts";
import { testEndpointCommand } from "./test-endpoint.ts";

/** Every command, in the order in which the help shows them. */
export const commands: readonly ((program: Command, act: Act) => void)[] = [
  quickstart,
  convert,
  testEndpointCommand,
  serveCommand,
  sandbox,
  completion,
];
