import type { Ask } from "../../events.ts";

/** What sudo may be told on hosts where it asks. */
export interface SudoPasswords {
  /** The password of a user; the person is asked once for all hosts, and again where it was `wrong`. Undefined where there is none. */
  of(user: string, id: string, wrong: boolean): Promise<string | undefined>;
  /** Asks now, whether sudo will want it or not. */
  ask(user: string): Promise<void>;
}

/** Asks the person, or takes BERTOPS_SUDO_PASSWORD. */
export function sudoPasswords({
  ask,
  given,
}: {
  readonly ask: Ask;
  readonly given: string | undefined;
}): SudoPasswords {
  const answers = new Map<string, Promise<string>>();
  const question = (message: string): Promise<string> =>
    ask.secret({ message, flag: "BERTOPS_SUDO_PASSWORD in the environment" });
  return {
    async ask(user) {
      if (given !== undefined && given !== "") return;
      const answer = question(`Password of ${user} for sudo`);
      answers.set(user, answer);
      await answer;
    },
    async of(user, id, wrong) {
      if (given !== undefined && given !== "") return wrong ? undefined : given;
      if (!ask.interactive && !answers.has(user)) return undefined;
      // Hosts ask side by side: whoever finds a newer answer than the wrong one takes that.
      const key = wrong ? `${user}@${id}` : user;
      const message = `Password of ${user} for sudo${wrong ? ` on ${id} (the last one was wrong)` : ""}`;
      const answer = (wrong ? undefined : answers.get(key)) ?? question(message);
      answers.set(key, answer);
      return answer;
    },
  };
}
