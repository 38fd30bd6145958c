import type { Command } from "commander";
import type { Act } from "./act.ts";
import { completion } from "./completion.ts";
import { convert } from "./convert.ts";
import { deploy } from "./deploy.ts";
import { destroy } from "./destroy.ts";
import { doctor } from "./doctor.ts";
import { events } from "./events.ts";
import { init } from "./init.ts";
import { logs } from "./logs.ts";
import { models } from "./models.ts";
import { mountEfs } from "./mount-efs.ts";
import { open } from "./open.ts";
import { plan } from "./plan.ts";
import { pushModel } from "./push-model.ts";
import { quickstart } from "./quickstart.ts";
import { sandbox } from "./sandbox.ts";
import { scale } from "./scale.ts";
import { serveCommand } from "./serve.ts";
import { ssh } from "./ssh.ts";
import { status } from "./status.ts";
import { testEndpointCommand } from "./test-endpoint.ts";

/** Every command, in the order in which the help shows them: first the job, then looking after it, then the workshop. */
export const commands: readonly ((program: Command, act: Act) => void)[] = [
  quickstart,
  init,
  plan,
  deploy,
  mountEfs,
  pushModel,
  models,
  testEndpointCommand,
  status,
  doctor,
  events,
  logs,
  open,
  ssh,
  scale,
  convert,
  serveCommand,
  destroy,
  sandbox,
  completion,
];
