import type { Reporter } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

/** How a command is to speak. */
export interface Voice {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly events?: boolean;
  readonly quiet?: boolean;
}

/** Chooses the voice: one JSON object, a live terminal, or plain lines; with `events` what happens is told to a program. */
export async function openReporter(terminal: Terminal, voice: Voice): Promise<Reporter> {
  const reporter = await openSpeaker(terminal, voice);
  if (voice.events === true) {
    const { eventsReporter } = await import("./events.ts");
    return eventsReporter(terminal, reporter, {
      now: () => performance.now(),
      date: () => new Date(),
      json: voice.json,
    });
  }
  return voice.quiet === true ? (await import("./quiet.ts")).quietReporter(reporter) : reporter;
}

async function openSpeaker(terminal: Terminal, voice: Voice): Promise<Reporter> {
  const told = { verbose: voice.verbose, now: () => performance.now() };
  if (voice.json) return (await import("./json.ts")).jsonReporter(terminal, told);
  const watched = terminal.live && voice.quiet !== true && voice.events !== true;
  if (watched) return (await import("./live.ts")).liveReporter(terminal, told);
  return (await import("./plain.ts")).plainReporter(terminal, told);
}
