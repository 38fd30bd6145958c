import type { Reporter } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

/** Chooses the voice: one JSON object, a live terminal, or plain lines. */
export async function openReporter(
  terminal: Terminal,
  options: { json: boolean; verbose: boolean },
): Promise<Reporter> {
  const told = { verbose: options.verbose, now: () => performance.now() };
  if (options.json) return (await import("./json.ts")).jsonReporter(terminal, told);
  if (terminal.live) return (await import("./live.ts")).liveReporter(terminal, told);
  return (await import("./plain.ts")).plainReporter(terminal, told);
}
