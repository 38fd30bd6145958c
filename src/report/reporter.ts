import type { CommandResult } from "../result.ts";
import type { UserError } from "../errors.ts";
import type { Emit } from "../events.ts";

/** A voice: how a command's events, result and failure reach the person or the script. */
export interface Reporter {
  readonly emit: Emit;
  readonly result: (command: string, result: CommandResult) => void;
  readonly failure: (command: string, error: UserError) => void;
  /** Removes what is still moving on the screen: a question or an exit follows. */
  readonly pause: () => void;
}
