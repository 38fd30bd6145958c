import type { StoreHost } from "./host.ts";
import { OPEN_TO_SEND } from "./scripts/send.ts";
import { factsOf, noCommands, type Survey, surveyFrom } from "./survey.ts";
import { patiently } from "./transfer/patiently.ts";
import { Sender } from "./transfer/sender.ts";

/** A store that a fetch begins with. */
export interface OpenedToRead {
  readonly survey: Survey;
  /** Ready to send; absent where the host cannot run it. */
  readonly sender?: Sender;
}

/** Milliseconds without a word: a file system that hangs takes a quarter of it. */
const SILENCE_MS = 60_000;
/** The scripts that say that they begin: the survey and the program that sends. */
const MARKS = 2;
/** A server that speaks SFTP whatever is asked of it takes line ends for a message too long to be one, and ends. */
const HARMLESS = Buffer.from("\n".repeat(16));

/** Looks at a store and starts the program that sends, both in one. Rejects where none is mounted. */
export async function openToRead(
  host: StoreHost,
  { root, model, signal }: { readonly root: string; readonly model: string; readonly signal: AbortSignal },
): Promise<OpenedToRead> {
  const sender = await Sender.start(host, OPEN_TO_SEND, [root, model], MARKS);
  try {
    sender.write(HARMLESS);
    await ready(sender, signal);
    const { lines } = sender;
    // Without an end it was cut off; a store that is not there has none.
    const told = lines.some((line) => ["end", "root missing", "root hung"].includes(line));
    if (sender.isLost) throw sender.failure;
    if (!told) throw noCommands(host.label, `${lines.join("\n")}${sender.said}`);
    const receives = sender.isReady;
    const survey = surveyFrom(host.label, root, { facts: factsOf(lines.join("\n")), receives, said: "" });
    return { survey, ...(receives ? { sender } : {}) };
  } catch (error) {
    sender.abandon();
    throw error;
  }
}

/** Resolves when the program is ready to send, or ended. */
function ready(sender: Sender, signal: AbortSignal): Promise<void> {
  return patiently<void>(
    sender.label,
    { signal, silence: SILENCE_MS },
    ({ resolve, alive }) =>
      sender.listen({
        alive() {
          alive();
          if (sender.isReady) resolve();
        },
        ended: resolve,
      }),
    () => sender.listen(undefined),
  );
}
