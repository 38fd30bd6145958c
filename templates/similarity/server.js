/** The entry: reads the settings, starts the service, and stops it when it is told to. */
import { startEarly } from "./inference/child.js";

startEarly();
const [{ createLog }, { readSettings }, { startService }] = await Promise.all([
  import("./service/log.js"),
  import("./service/settings.js"),
  import("./service/start.js"),
]);

const log = createLog(process.stdout);
// A log that nobody reads any more is no reason to stop answering.
process.stdout.on("error", () => {});

try {
  const service = await startService({ settings: readSettings(process.env), log });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      service.stop().then(
        () => process.exit(0),
        (error) => fail("the service did not stop cleanly", error),
      );
    });
  }
} catch (error) {
  fail("the service can't start", error);
}

/** @param {string} message @param {unknown} error */
function fail(message, error) {
  log("error", message, { error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
