import { type Answer, type Endpoint, EndpointSilent } from "./endpoint.ts";
import { type Percentiles, percentilesOf } from "./latency.ts";
import { refusalOf } from "./refusal.ts";
import type { Question } from "./similarity.ts";

/** What a load showed. */
export interface LoadReport {
  readonly clients: number;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  /** Reasons of failures, by how often they were met. */
  readonly failures: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
  readonly textsPerSecond: number;
  readonly latencyMs: Percentiles | null;
}

export interface LoadOptions {
  readonly question: Question;
  readonly clients: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Told now and then how many requests were answered. */
  readonly progress: (requests: number, elapsedSeconds: number) => void;
}

/** Lets several clients ask at once, each its next question as soon as it has an answer, with texts that no cache has seen. */
export async function loadTest(endpoint: Endpoint, options: LoadOptions): Promise<LoadReport> {
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  const begun = performance.now();
  const end = begun + options.seconds * 1000;
  let asked = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end && !options.signal.aborted) {
      asked += 1;
      const failure = await ask(endpoint, numbered(options.question, asked), latencies);
      if (failure !== undefined) failures.set(failure, (failures.get(failure) ?? 0) + 1);
      options.progress(asked, (performance.now() - begun) / 1000);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  options.signal.throwIfAborted();
  const seconds = (performance.now() - begun) / 1000;
  return {
    clients: options.clients,
    seconds: rounded(seconds),
    requests: latencies.length,
    failed: [...failures.values()].reduce((sum, count) => sum + count, 0),
    failures: Object.fromEntries(failures),
    requestsPerSecond: rounded(latencies.length / seconds),
    textsPerSecond: rounded((latencies.length * (options.question.texts.length + 1)) / seconds),
    latencyMs: percentilesOf(latencies) ?? null,
  };
}

/** Why it failed; undefined when it was answered. */
async function ask(endpoint: Endpoint, question: Question, latencies: number[]): Promise<string | undefined> {
  let answer: Answer;
  try {
    answer = await endpoint.post("/sim", question);
  } catch (error) {
    if (error instanceof EndpointSilent) return "no-answer";
    throw error;
  }
  if (answer.status !== 200) return refusalOf(answer.body)?.reason ?? `http-${answer.status}`;
  latencies.push(answer.milliseconds);
  return undefined;
}

function numbered({ target, texts }: Question, number: number): Question {
  return { target: `${target} ${number}`, texts: texts.map((text) => `${text} ${number}`) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
