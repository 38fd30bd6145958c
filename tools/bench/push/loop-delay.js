/** Loaded into bertops by `--import`: writes the longest time in milliseconds that its event loop stood still to $LOOP_DELAY_FILE. */
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const file = process.env["LOOP_DELAY_FILE"];
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on("exit", () => {
  if (file !== undefined) writeFileSync(file, String(delay.max / 1e6));
});
