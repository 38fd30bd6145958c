import type { Command } from "commander";
import type { Act } from "./act.ts";

/** Adds a command to the program. */
type Register = (program: Command, act: Act) => void;

/**
 * Every command by its name, in the order in which the help shows them: first the job, then looking after it, then the workshop. The
 * first words of a push wait for whatever is read before them, so a command's file is opened only where it is needed.
 */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  quickstart: async () => (await import("./quickstart.ts")).quickstart,
  init: async () => (await import("./init.ts")).init,
  plan: async () => (await import("./plan.ts")).plan,
  deploy: async () => (await import("./deploy.ts")).deploy,
  "mount-efs": async () => (await import("./mount-efs.ts")).mountEfs,
  "push-model": async () => (await import("./push-model.ts")).pushModel,
  models: async () => (await import("./models.ts")).models,
  "test-endpoint": async () => (await import("./test-endpoint.ts")).testEndpointCommand,
  status: async () => (await import("./status.ts")).status,
  doctor: async () => (await import("./doctor.ts")).doctor,
  events: async () => (await import("./events.ts")).events,
  logs: async () => (await import("./logs.ts")).logs,
  open: async () => (await import("./open.ts")).open,
  ssh: async () => (await import("./ssh.ts")).ssh,
  scale: async () => (await import("./scale.ts")).scale,
  convert: async () => (await import("./convert.ts")).convert,
  serve: async () => (await import("./serve.ts")).serveCommand,
  destroy: async () => (await import("./destroy.ts")).destroy,
  sandbox: async () => (await import("./sandbox.ts")).sandbox,
  completion: async () => (await import("./completion.ts")).completion,
};

/** Adds the command that the first word names; all of them where it names none, and for what tells about all. */
export async function registerCommands(program: Command, act: Act, first = ""): Promise<void> {
  const named = first === "completion" || !Object.hasOwn(commands, first) ? undefined : commands[first];
  const opened = named === undefined ? Object.values(commands) : [named];
  for (const register of await Promise.all(opened.map((open) => open()))) register(program, act);
}
