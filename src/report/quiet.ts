import type { Reporter } from "./reporter.ts";

/** Tells warnings, the result and what failed, and nothing of what goes on meanwhile. */
export function quietReporter(reporter: Reporter): Reporter {
  return {
    ...reporter,
    emit(event) {
      if (event.type === "warning") reporter.emit(event);
    },
  };
}
