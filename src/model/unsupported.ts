import { EXIT, UserError } from "../errors.ts";
import { printable } from "./printable.ts";

/** The error for a model that is whole, but not one that bertops can serve. */
export function unsupported(message: string, hint?: string): UserError {
  return new UserError({
    reason: "unsupported-model",
    message: printable(message),
    ...(hint === undefined ? {} : { hint }),
    exitCode: EXIT.usage,
  });
}

/** The error for a model whose files contradict each other: a shape, a vocabulary, a number of layers. */
export function mismatch(message: string, hint: string): UserError {
  return new UserError({ reason: "model-mismatch", message: printable(message), hint, exitCode: EXIT.usage });
}
