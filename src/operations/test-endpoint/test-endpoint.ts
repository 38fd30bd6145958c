import { openEndpoint } from "../../endpoint/endpoint.ts";
import type { Percentiles } from "../../endpoint/latency.ts";
import { type LoadReport, loadTest } from "../../endpoint/load-test.ts";
import { waitUntilReady } from "../../endpoint/readiness.ts";
import {
  type Check,
  checkRange,
  checkSelf,
  checkShape,
  contextOf,
  type Question,
  type SimilarityContext,
} from "../../endpoint/similarity.ts";
import { checkAnswers, checkInstances, survey } from "../../endpoint/survey.ts";
import type { Emit } from "../../events.ts";
import { checkInput } from "./check-input.ts";
import { notReady, unauthorized } from "./not-ready.ts";

/** Where the service is, and how many instances must answer there. */
export interface TestedEnvironment {
  readonly url: string;
  readonly instances: number;
  /** The address is AWS's own, not a person's: it may be too new to resolve. */
  readonly assigned: boolean;
}

export interface TestPorts {
  /** Finds the environment; asked once. */
  environment(): Promise<TestedEnvironment>;
}

export interface TestOptions {
  readonly question: Question;
  readonly token?: string | undefined;
  /** Milliseconds to wait for a service that starts or loads. */
  readonly wait: number;
  /** Milliseconds to wait until every instance answers with the same version. */
  readonly surveyWithin: number;
  readonly load?: { readonly clients: number; readonly seconds: number } | undefined;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

export interface TestResult {
  readonly url: string;
  readonly checks: readonly Check[];
  readonly context: SimilarityContext | null;
  readonly latencyMs: Percentiles | null;
  readonly model: { readonly name: string; readonly version: string } | null;
  readonly load: LoadReport | undefined;
}

/** A push that has just been published needs a poll of the service to be seen. */
const WAIT_FOR_MODEL = 10_000;

/** Asks the deployed service the question and looks at everything that could be wrong with its answers. */
export async function testEndpoint(options: TestOptions, ports: TestPorts): Promise<TestResult> {
  const { emit, question, signal } = options;
  const { url, instances, assigned } = await ports.environment();
  const endpoint = openEndpoint(url, { token: options.token, signal });

  const label = `wait for ${url}`;
  emit({ type: "step", id: "ready", state: "started", label });
  let said = "";
  const readiness = await waitUntilReady(endpoint, {
    wait: options.wait,
    waitForModel: WAIT_FOR_MODEL,
    waitForName: assigned ? options.wait : 0,
    signal,
    waiting: (why) => {
      if (why !== said) emit({ type: "detail", message: why });
      said = why;
    },
  });
  if (readiness.state !== "ready") {
    emit({ type: "step", id: "ready", state: "failed", label });
    throw notReady(url, readiness);
  }
  emit({ type: "step", id: "ready", state: "done", label });

  emit({ type: "step", id: "ask", state: "started", label: "ask POST /sim" });
  const first = await endpoint.post("/sim", { ...question, texts: [...question.texts, question.target] });
  const asked = { ...question, texts: [...question.texts, question.target] };
  if (first.status === 401) throw unauthorized(url, options.token !== undefined);
  const answered = contextOf(first.body);
  const context =
    answered === undefined ? null : { ...question, sims: answered.sims.slice(0, question.texts.length) };
  const checks: Check[] = [
    { name: "status", ok: first.status === 200, detail: `POST /sim answered ${first.status}` },
    checkShape(asked, first.body),
  ];
  if (answered !== undefined) checks.push(checkRange(answered.sims), checkSelf(answered.sims.at(-1)));
  checks.push(await checkInput(endpoint));

  const seen = await survey(endpoint, { question, instances, within: options.surveyWithin, signal });
  checks.push(checkAnswers(seen), checkInstances(seen, instances));
  emit({
    type: "step",
    id: "ask",
    state: checks.every(({ ok }) => ok) ? "done" : "failed",
    label: "ask POST /sim",
  });

  return {
    url: endpoint.url,
    checks,
    context,
    latencyMs: seen.latency ?? null,
    model:
      first.model === undefined || first.version === undefined
        ? null
        : { name: first.model, version: first.version },
    load: options.load === undefined ? undefined : await underLoad(options.load),
  };

  async function underLoad({ clients, seconds }: { clients: number; seconds: number }): Promise<LoadReport> {
    const loadLabel = `${clients} clients for ${seconds} s`;
    emit({ type: "step", id: "load", state: "started", label: loadLabel });
    const report = await loadTest(endpoint, { question, clients, seconds, signal, progress: () => {} });
    emit({
      type: "step",
      id: "load",
      state: "done",
      label: loadLabel,
      detail: `${report.requestsPerSecond} requests/s`,
    });
    return report;
  }
}
