import { spawn } from "node:child_process";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Act } from "./act.ts";
import { withAws } from "./with-aws.ts";

/** `bertops open`: the service's page in a browser. */
export function open(program: Command, act: Act): void {
  act(
    program
      .command("open")
      .description("open the service's page in a browser")
      .option("--print", "only print its address")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { config, aws } = await withAws(invocation);
      const { locateEnvironment } = await import("../operations/locate.ts");
      const { name, url } = await locateEnvironment(config, aws);
      if (url === undefined)
        throw new UserError({
          reason: "no-url",
          message: `The environment ${name} has no address yet.`,
          next: ["bertops status"],
        });
      if (invocation.options["print"] !== true && !invocation.global.json) startBrowser(url);
      return { json: { url }, lines: [url] };
    },
  );
}

const EXAMPLES = `
Examples:
  bertops open
  curl "$(bertops open --print)/healthz"`;

/** Where there is no browser, the printed address is the answer. */
function startBrowser(url: string): void {
  const opener = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  const child = spawn(opener, [url], { detached: true, stdio: "ignore" });
  child.once("error", () => undefined);
  child.unref();
}
