import { UserError } from "../../src/errors.ts";
import type { Ask, Event } from "../../src/events.ts";

/** Answers given ahead, and a record of what was asked: a person at a terminal, as a value. */
export function scriptedAsk(answers: { typed?: boolean; secret?: string; confirm?: boolean }): Ask & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  const answer = async <T>(message: string, value: T | undefined): Promise<T> => {
    asked.push(message);
    if (value === undefined)
      throw new UserError({ reason: "no-terminal", message: "nobody to ask", exitCode: 2 });
    return value;
  };
  return {
    asked,
    interactive: Object.keys(answers).length > 0,
    confirm: ({ message }) => answer(message, answers.confirm),
    typed: ({ message }) => answer(message, answers.typed),
    secret: ({ message }) => answer(message, answers.secret),
    choose: () => Promise.resolve(undefined),
  };
}

/** Collects what an operation tells. */
export function recorder(): { readonly events: Event[]; readonly emit: (event: Event) => void } {
  const events: Event[] = [];
  return { events, emit: (event) => void events.push(event) };
}
