import type { Command } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { TestedEnvironment, TestResult } from "../operations/test-endpoint/test-endpoint.ts";
import type { CommandResult } from "../result.ts";
import type { Act, Invocation } from "./act.ts";
import { collect, textOf, wordsOf } from "./option-values.ts";
import { withAws } from "./with-aws.ts";

/** `bertops test-endpoint`: asks the service a question and checks everything about its answers. */
export function testEndpointCommand(program: Command, act: Act): void {
  act(
    program
      .command("test-endpoint")
      .description("ask the service a question and check its answers on every instance")
      .argument("[url]", "a service's address (default: the environment's)")
      .option("--url <url>", "the same as the argument")
      .option("--target <text>", "the text to compare with", "JSON")
      .option("--text <text>", "a text to compare; repeat it for more", collect)
      .option("--load", "measure throughput as well")
      .option("--clients <n>", "clients that ask at once, for --load", "16")
      .option("--seconds <n>", "how long, for --load", "10")
      .addHelpText("after", EXAMPLES),
    async (invocation) => {
      const { args, options, global, world } = invocation;
      const url = textOf(args[0]) ?? textOf(options["url"]);
      const { testEndpoint } = await import("../operations/test-endpoint/test-endpoint.ts");
      const result = await testEndpoint(
        {
          question: { target: String(options["target"]), texts: texts(options["text"]) },
          token: world.environment["BERTOPS_TOKEN"],
          // Less than the whole: what is missing must still be said, and asked for, in that time.
          wait: global.timeout === undefined ? DEFAULT_WAIT : global.timeout * 0.8,
          surveyWithin: Math.min(SURVEY_WITHIN, (global.timeout ?? Infinity) * 0.8),
          load:
            options["load"] === true
              ? { clients: whole(options, "clients"), seconds: whole(options, "seconds") }
              : undefined,
          signal: world.signal,
          emit: world.emit,
        },
        { environment: () => (url === undefined ? deployed(invocation) : Promise.resolve(given(url))) },
      );
      return present(result);
    },
  );
}

const DEFAULT_WAIT = 120_000;
/** NFS shows a new `current` after a second or so, and a large model loads for a while. */
const SURVEY_WITHIN = 60_000;

const EXAMPLES = `
Examples:
  bertops test-endpoint
  bertops test-endpoint --target "a dog" --text "a puppy" --text "a car"
  bertops test-endpoint http://127.0.0.1:8080 --load --clients 32 --seconds 30

BERTOPS_TOKEN is sent as a bearer token where it is set.
Exit code 6: a check found a fault; 5: nothing answers yet.`;

/** The environment's URL and how many instances it has. */
async function deployed(invocation: Invocation): Promise<TestedEnvironment> {
  const { config, aws } = await withAws(invocation);
  const { locateEnvironment } = await import("../operations/locate.ts");
  const environment = await locateEnvironment(config, aws);
  if (environment.url === undefined) {
    throw new UserError({
      reason: "no-url",
      message: `The environment ${environment.name} has no address yet; it is ${environment.status}.`,
      hint: "Wait until it is Ready.",
      next: ["bertops status"],
      exitCode: EXIT.retry,
    });
  }
  const instances = await aws.instances.ofEnvironment(environment.name);
  return { url: environment.url, instances: Math.max(1, instances.length), assigned: true };
}

function given(url: string): TestedEnvironment {
  const complete = /^https?:\/\//iu.test(url) ? url : `http://${url}`;
  if (URL.canParse(complete)) return { url: complete, instances: 1, assigned: false };
  throw usage(`${JSON.stringify(url)} is no URL.`);
}

function present(result: TestResult): CommandResult {
  const { checks, context, latencyMs, load, model, url } = result;
  const faults = checks.filter(({ ok }) => !ok);
  return {
    json: { url, checks, context, latencyMs, model, ...(load === undefined ? {} : { load }) },
    lines: [
      `${url}  ${model === null ? "" : `model ${model.name}, version ${model.version}`}`,
      ...checks.map(({ name, ok, detail }) => `  ${ok ? "ok   " : "FAULT"}  ${name}: ${detail}`),
      ...(latencyMs === null
        ? []
        : [`  latency: p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, p99 ${latencyMs.p99} ms`]),
      ...(context === null ? [] : similarities(context)),
      ...(load === undefined ? [] : underLoad(load)),
      ...(faults.length === 0 ? [] : ["Next: bertops doctor, or bertops logs"]),
    ],
    exitCode: faults.length === 0 ? EXIT.done : EXIT.fault,
  };
}

function similarities({ target, texts: compared, sims }: NonNullable<TestResult["context"]>): string[] {
  return compared.map((entry, index) => `  ${sims[index]?.toFixed(4) ?? "-"}  ${target} ~ ${entry}`);
}

function underLoad(load: NonNullable<TestResult["load"]>): string[] {
  const latency =
    load.latencyMs === null ? "" : `, p50 ${load.latencyMs.p50} ms, p99 ${load.latencyMs.p99} ms`;
  return [
    `  load: ${load.clients} clients, ${load.requests} answers in ${load.seconds} s, ${load.failed} failed`,
    `  load: ${load.requestsPerSecond} requests/s, ${load.textsPerSecond} texts/s${latency}`,
  ];
}

function texts(value: unknown): readonly string[] {
  const words = wordsOf(value);
  return words.length > 0 ? words : ["text", "format", "data"];
}

function whole(options: Readonly<Record<string, unknown>>, name: string): number {
  const value = Number(options[name]);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 10_000) return value;
  throw usage(`--${name} takes a whole number from 1 to 10000; not ${JSON.stringify(options[name])}.`);
}

function usage(message: string): UserError {
  return new UserError({
    reason: "usage",
    message,
    next: ["bertops test-endpoint --help"],
    exitCode: EXIT.usage,
  });
}
