import { type Command, Option } from "commander";
import type { Act } from "./act.ts";

const ISOLATIONS = ["namespaces", "user-namespaces", "prefix"];

/** `bertops sandbox start|env|status|stop`: the embedded region. */
export function sandbox(program: Command, act: Act): void {
  const group = program
    .command("sandbox")
    .description("a region in one process: try and test everything without an account")
    .addHelpText("after", EXAMPLES);

  act(
    group
      .command("start")
      .description("start the region and leave it running")
      .option("--port <port>", "the API's port (default: a free one)")
      .addOption(
        new Option(
          "--isolation <kind>",
          "how instances are kept apart (default: the best that works here)",
        ).choices(ISOLATIONS),
      )
      .option("--fast", "states take as little time as possible"),
    async ({ options, world, global }) => {
      const { startSandbox } = await import("../operations/sandbox/start.ts");
      const { record, started } = await startSandbox(
        {
          ...(typeof options["port"] === "string" ? { port: options["port"] } : {}),
          ...(typeof options["isolation"] === "string" ? { isolation: options["isolation"] } : {}),
          ...(global.region === undefined ? {} : { region: global.region }),
          fast: options["fast"] === true,
        },
        world,
      );
      return {
        json: { started, ...described(record) },
        lines: [
          `${started ? "The sandbox runs" : "The sandbox runs already"} at ${record.endpoint} (isolation: ${record.isolation}).`,
          'Point this shell at it:  eval "$(bertops sandbox env)"',
        ],
      };
    },
  );

  act(
    group.command("env").description("print the shell lines that point any AWS client at the region"),
    async ({ world }) => {
      const { FOREIGN_VARIABLES, sandboxEnvironment } = await import("../operations/sandbox/environment.ts");
      const { runningSandbox } = await import("../operations/sandbox/record.ts");
      const variables = sandboxEnvironment(await runningSandbox(world.environment));
      return {
        json: { variables, unset: FOREIGN_VARIABLES },
        lines: [
          `unset ${FOREIGN_VARIABLES.join(" ")}`,
          ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
        ],
      };
    },
  );

  act(group.command("status").description("list everything that exists in the region"), async ({ world }) => {
    const { inventoryOf, inventoryLines } = await import("../operations/sandbox/inventory.ts");
    const { runningSandbox } = await import("../operations/sandbox/record.ts");
    const record = await runningSandbox(world.environment);
    const resources = await inventoryOf(record, world.signal);
    return { json: { ...described(record), resources }, lines: inventoryLines(record, resources) };
  });

  act(group.command("stop").description("stop the region and delete everything in it"), async ({ world }) => {
    const { stopSandbox } = await import("../operations/sandbox/stop.ts");
    const stopped = await stopSandbox(world);
    return {
      json: { stopped },
      lines: [stopped ? "The sandbox has stopped; nothing of it is left." : "No sandbox runs."],
    };
  });
}

function described(record: { endpoint: string; region: string; isolation: string; pid: number }): object {
  const { endpoint, region, isolation, pid } = record;
  return { endpoint, region, isolation, pid };
}

const EXAMPLES = `
Examples:
  bertops sandbox start
  eval "$(bertops sandbox env)"        bertops and every AWS client talk to it
  bertops init demo --yes
  bertops sandbox stop`;
