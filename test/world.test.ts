import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { openReporter } from "../src/report/open-reporter.ts";
import { openTerminal } from "../src/report/terminal.ts";
import { runInWorld } from "../src/world.ts";

it("a command may wait for many things at once, without a word of Node.js about it", async () => {
  const { stdin, stdout, stderr } = process;
  const terminal = openTerminal({ stdin, stdout, stderr, environment: {}, color: false });
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  try {
    const setting = {
      terminal,
      reporter: await openReporter(terminal, { json: false, verbose: false }),
      global: { yes: true },
    };
    await runInWorld({ ...setting, environment: {}, cwd: "/", version: "1" }, async ({ signal }) => {
      for (let call = 0; call < 50; call++) signal.addEventListener("abort", () => undefined);
      await nextTurn();
    });
  } finally {
    process.off("warning", onWarning);
  }
  expect(warnings).toEqual([]);
});
