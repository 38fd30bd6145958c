import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";

/** One thing that must hold, and that later ones rest on. */
export interface Link {
  readonly name: string;
  /** Resolves to what was found; throws a UserError that says what is broken and which command mends it. */
  readonly look: () => Promise<string>;
}

/** What came of a link; those behind the first broken one are not looked at. */
export interface LookedAt {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface Diagnosis {
  readonly checks: readonly LookedAt[];
  /** The first broken link, if there is one. */
  readonly broken: UserError | undefined;
}

/** Walks the chain up to the first broken link. */
export async function walk(chain: readonly Link[], emit: Emit): Promise<Diagnosis> {
  const checks: LookedAt[] = [];
  for (const { name, look } of chain) {
    const step = { type: "step", id: `doctor ${name}`, label: name } as const;
    emit({ ...step, state: "started" });
    try {
      const detail = await look();
      emit({ ...step, state: "done", detail });
      checks.push({ name, ok: true, detail });
    } catch (error) {
      emit({ ...step, state: "failed" });
      if (!(error instanceof UserError)) throw error;
      checks.push({ name, ok: false, detail: error.message });
      return { checks, broken: error };
    }
  }
  return { checks, broken: undefined };
}
