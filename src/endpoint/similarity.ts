/** What `/sim` is asked. */
export interface Question {
  readonly target: string;
  readonly texts: readonly string[];
}

/** What `/sim` answers: `sims[i]` says how similar `texts[i]` is to the target. */
export interface SimilarityContext {
  readonly target: string;
  readonly texts: readonly string[];
  readonly sims: readonly number[];
}

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Reads a `/sim` answer; undefined where it is none. */
export function contextOf(body: unknown): SimilarityContext | undefined {
  if (typeof body !== "object" || body === null || !("context" in body)) return undefined;
  const { context } = body;
  if (typeof context !== "object" || context === null) return undefined;
  const target: unknown = Reflect.get(context, "target");
  const texts: unknown = Reflect.get(context, "texts");
  const sims: unknown = Reflect.get(context, "sims");
  if (typeof target !== "string" || !isListOf(texts, isText) || !isListOf(sims, isNumber)) return undefined;
  return { target, texts, sims };
}

/** Does the answer have the question's target and texts, and one number for each text? */
export function checkShape(question: Question, body: unknown): Check {
  const name = "shape";
  const context = contextOf(body);
  if (context === undefined) return { name, ok: false, detail: `no context in ${shortened(body)}` };
  const same =
    context.target === question.target &&
    context.texts.length === question.texts.length &&
    context.texts.every((text, index) => text === question.texts[index]);
  if (!same) return { name, ok: false, detail: "the answer is about another target or other texts" };
  if (context.sims.length !== question.texts.length) {
    return {
      name,
      ok: false,
      detail: `${context.sims.length} similarities for ${question.texts.length} texts`,
    };
  }
  return { name, ok: true, detail: `${context.sims.length} similarities` };
}

/** Are all similarities cosines? */
export function checkRange(sims: readonly number[]): Check {
  const outside = sims.filter((sim) => !(sim >= -1 && sim <= 1));
  return {
    name: "range",
    ok: outside.length === 0,
    detail:
      outside.length === 0
        ? `all within -1 and 1: ${sims.map((sim) => sim.toFixed(3)).join(", ")}`
        : `outside -1 and 1: ${outside.join(", ")}`,
  };
}

/** How far a text's similarity to itself may be from 1. */
const SELF_TOLERANCE = 1e-3;

/** Is a text as similar to itself as can be? */
export function checkSelf(sim: number | undefined): Check {
  const ok = sim !== undefined && Math.abs(sim - 1) <= SELF_TOLERANCE;
  return { name: "self-similarity", ok, detail: `the target to itself: ${sim ?? "no answer"}` };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every((item) => is(item));
}

function shortened(body: unknown): string {
  const text = JSON.stringify(body) ?? "an answer that is no JSON";
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
