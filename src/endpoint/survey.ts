import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Endpoint } from "./endpoint.ts";
import { type Percentiles, percentilesOf } from "./latency.ts";
import { refusalOf } from "./refusal.ts";
import type { Check, Question } from "./similarity.ts";

/** What many answers showed. */
export interface Survey {
  readonly requests: number;
  /** Which version each instance answered with last. */
  readonly versions: ReadonlyMap<string, string>;
  readonly failures: readonly string[];
  readonly latency: Percentiles | undefined;
}

export interface SurveyOptions {
  readonly question: Question;
  /** Instances that must be seen; 1 where it is not known how many there are. */
  readonly instances: number;
  /** Milliseconds after which it is given up to see them all with one version. */
  readonly within: number;
  readonly signal: AbortSignal;
}

const LEAST_REQUESTS = 20;
const ASK_AGAIN_AFTER = 250;

/** Reasons of an instance that is a moment behind the others. */
const NOT_YET: ReadonlySet<string> = new Set(["no-model", "model-loading"]);

/**
 * Asks again and again, each time with texts that no cache has seen, until every instance of the environment has answered
 * with the same version and there are enough answers to speak of latencies.
 */
export async function survey(endpoint: Endpoint, options: SurveyOptions): Promise<Survey> {
  const versions = new Map<string, string>();
  const failures: string[] = [];
  const latencies: number[] = [];
  const end = performance.now() + options.within;
  const agreed = (): boolean => versions.size >= options.instances && new Set(versions.values()).size === 1;
  let requests = 0;
  // A failure is a fault already; there is nothing to wait for.
  const undecided = (): boolean => !agreed() && failures.length === 0 && performance.now() < end;
  while (requests < LEAST_REQUESTS || undecided()) {
    requests += 1;
    const answer = await endpoint.post("/sim", varied(options.question, requests));
    if (answer.status === 200) {
      latencies.push(answer.milliseconds);
      if (answer.instance !== undefined && answer.version !== undefined)
        versions.set(answer.instance, answer.version);
    } else if (!NOT_YET.has(refusalOf(answer.body)?.reason ?? "")) failures.push(wordsFor(answer));
    if (answer.status !== 200 || requests >= LEAST_REQUESTS)
      await pause(ASK_AGAIN_AFTER, undefined, { signal: options.signal });
  }
  return { requests, versions, failures, latency: percentilesOf(latencies) };
}

/** Was every instance seen, and do all of them answer with one version? */
export function checkInstances({ versions, requests }: Survey, expected: number): Check {
  const name = "instances";
  const all = new Set(versions.values());
  if (all.size > 1) {
    const each = Array.from(versions, ([instance, version]) => `${instance}: ${version}`);
    return { name, ok: false, detail: `different versions: ${each.join("; ")}` };
  }
  if (versions.size < expected) {
    const detail = `${versions.size} of ${expected} instances answered in ${requests} requests`;
    return { name, ok: false, detail };
  }
  const count = versions.size === 1 ? "1 instance answers" : `all ${versions.size} instances answer`;
  return { name, ok: versions.size > 0, detail: `${count} with version ${[...all].join("")}` };
}

/** Was every request answered? */
export function checkAnswers({ failures, requests }: Survey): Check {
  const detail =
    failures.length === 0
      ? `${requests} of ${requests} requests answered`
      : `${failures.length} of ${requests} requests failed: ${[...new Set(failures)].slice(0, 3).join("; ")}`;
  return { name: "answers", ok: failures.length === 0, detail };
}

function varied({ target, texts }: Question, round: number): Question {
  const mark = `${round} ${Math.random().toString(36).slice(2, 8)}`;
  return { target: `${target} ${mark}`, texts: texts.map((text) => `${text} ${mark}`) };
}

function wordsFor(answer: Answer): string {
  const refusal = refusalOf(answer.body);
  return refusal === undefined ? `HTTP ${answer.status}` : `HTTP ${answer.status} ${refusal.message}`;
}
