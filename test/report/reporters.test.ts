import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { openAsk } from "../../src/report/ask.ts";
import { eventsReporter } from "../../src/report/events.ts";
import { jsonReporter } from "../../src/report/json.ts";
import { fitted } from "../../src/report/fit.ts";
import { plainReporter } from "../../src/report/plain.ts";
import { quietReporter } from "../../src/report/quiet.ts";
import { RateMeter } from "../../src/report/rate.ts";
import { formatBytes, formatDuration } from "../../src/report/units.ts";
import { memoryTerminal } from "./memory-terminal.ts";

const lock = new UserError({
  reason: "lock-held",
  message: "Ann pushes since 10:00.",
  hint: "Wait, or break the lock.",
  next: ["bertops push-model --wait", "bertops models unlock"],
  exitCode: 5,
});

describe("plain lines, for logs", () => {
  test("a step is told when it ends, with what came of it and how long it took", () => {
    const terminal = memoryTerminal();
    let now = 0;
    const { emit } = plainReporter(terminal, { verbose: false, now: () => now });
    emit({ type: "step", id: "fs", state: "started", label: "create file system demo" });
    now = 4200;
    emit({ type: "step", id: "fs", state: "done", label: "create file system demo", detail: "fs-1" });
    emit({ type: "step", id: "sg", state: "unchanged", label: "security group demo-efs" });
    emit({ type: "detail", message: "not said" });
    expect(terminal.stderrText).toBe("✔ create file system demo  fs-1  (4.2s)\n= security group demo-efs\n");
    expect(terminal.stdout).toBe("");
  });

  test("progress is told every five seconds with rate and what is left", () => {
    const terminal = memoryTerminal();
    let now = 0;
    const { emit } = plainReporter(terminal, { verbose: false, now: () => now });
    for (; now <= 6000; now += 1000)
      emit({
        type: "progress",
        id: "up",
        label: "upload",
        done: now * 1000,
        total: 20_000_000,
        unit: "bytes",
      });
    expect(terminal.stderrText).toBe("  upload: 5.00 of 20.0 MB, 25 %, 1.00 MB/s, 15s left\n");
  });

  test("an error says what happened, what to do and the next commands", () => {
    const terminal = memoryTerminal();
    plainReporter(terminal, { verbose: false, now: () => 0 }).failure("push-model", lock);
    expect(terminal.stderrText).toBe(
      "error: Ann pushes since 10:00.\nhint:  Wait, or break the lock.\nnext:  bertops push-model --wait\n       bertops models unlock\n",
    );
  });
});

describe("--json", () => {
  test("prints exactly one object on stdout, and ok follows the exit code", () => {
    const terminal = memoryTerminal();
    const reporter = jsonReporter(terminal, { verbose: false, now: () => 0 });
    reporter.emit({ type: "note", message: "on the way" });
    reporter.result("status", { json: { environment: null }, lines: ["not said"], exitCode: 6 });
    expect(terminal.stdout).toBe('{"ok":false,"command":"status","environment":null}\n');
    expect(terminal.stderrText).toBe("  on the way\n");
  });

  test("a failure carries reason, message, hint, next and exit code", () => {
    const terminal = memoryTerminal();
    jsonReporter(terminal, { verbose: false, now: () => 0 }).failure("push-model", lock);
    expect(JSON.parse(terminal.stdout)).toEqual({
      ok: false,
      command: "push-model",
      error: {
        reason: "lock-held",
        message: "Ann pushes since 10:00.",
        hint: "Wait, or break the lock.",
        next: ["bertops push-model --wait", "bertops models unlock"],
        exitCode: 5,
      },
    });
  });
});

describe("--events", () => {
  test("what happens is one object a line on stderr, and the last one is what came of it", () => {
    const terminal = memoryTerminal();
    let now = 0;
    const told = { verbose: false, now: () => now };
    const reporter = eventsReporter(terminal, jsonReporter(terminal, told), {
      now: () => now,
      date: () => new Date(now),
      json: true,
    });
    reporter.emit({ type: "step", id: "send", state: "started", label: "send bert" });
    for (; now <= 1000; now += 50)
      reporter.emit({
        type: "progress",
        id: "send",
        label: "send bert",
        unit: "bytes",
        done: now * 1000,
        total: 1_000_000,
        connections: 2,
        reused: 5,
      });
    reporter.result("push-model", { json: { version: "x" }, lines: ["not said"] });
    const lines = terminal.stderrText.trimEnd().split("\n");
    const events = lines.map((line): unknown => JSON.parse(line));
    // Five a second, and the end.
    expect(events.slice(1, -1)).toHaveLength(6);
    expect(events.at(-2)).toEqual({
      time: "1970-01-01T00:00:01.000Z",
      type: "progress",
      id: "send",
      label: "send bert",
      unit: "bytes",
      done: 1_000_000,
      total: 1_000_000,
      connections: 2,
      reused: 5,
      perSecond: 1_000_000,
      secondsLeft: 0,
    });
    expect(events.at(-1)).toMatchObject({ type: "result", ok: true, command: "push-model", version: "x" });
    expect(terminal.stdout).toBe('{"ok":true,"command":"push-model","version":"x"}\n');
    reporter.failure("push-model", lock);
    expect(JSON.parse(terminal.stderrText.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      type: "failure",
      ok: false,
      error: { reason: "lock-held", exitCode: 5 },
    });
  });
});

describe("--quiet", () => {
  test("tells warnings, what failed and the result alone", () => {
    const terminal = memoryTerminal();
    const reporter = quietReporter(plainReporter(terminal, { verbose: false, now: () => 0 }));
    reporter.emit({ type: "step", id: "x", state: "done", label: "not said" });
    reporter.emit({ type: "note", message: "not said" });
    reporter.emit({ type: "warning", message: "careful" });
    reporter.result("models", { json: {}, lines: ["the result"] });
    expect(terminal.stderrText).toBe("! careful\n");
    expect(terminal.stdout).toBe("the result\n");
  });
});

describe("a long transfer", () => {
  const event = {
    type: "progress",
    id: "send",
    label: "send a-model-with-a-name-that-is-longer-than-most",
    unit: "bytes",
    total: 714_000_000,
    connections: 8,
    reused: 698_000_000,
  } as const;

  test("is told with rate, what is left, connections and what needn't travel", () => {
    let now = 0;
    const meter = new RateMeter(() => now);
    meter.describe({ ...event, done: 0 });
    now = 1000;
    expect(meter.describe({ ...event, done: 88_100_000 })).toBe(
      "88.1 of 714 MB, 12 %, 88.1 MB/s, 7.1s left, 8 conn., 698 MB reused",
    );
  });

  test("fits 80 columns: the label gives way, the numbers stay", () => {
    const text = fitted(event.label, "312 of 714 MB, 44 %, 88.1 MB/s, 4.6s left, 8 conn., 698 MB reused", 80);
    expect(text.length).toBeLessThanOrEqual(78);
    expect(text).toMatch(/^send a-.*…: 312 of 714 MB, .* 698 MB reused$/u);
  });

  test("names each file only with --verbose", () => {
    const file = { type: "file", path: "w.bin", bytes: 9e6, bytesToSend: 1e6, how: "built" } as const;
    for (const verbose of [false, true]) {
      const terminal = memoryTerminal();
      plainReporter(terminal, { verbose, now: () => 0 }).emit(file);
      expect(terminal.stderrText).toBe(
        verbose ? "  w.bin: 1.00 MB to send, 8.00 MB on the host already\n" : "",
      );
    }
  });
});

describe("questions", () => {
  const ask = (yes: boolean): ReturnType<typeof openAsk> =>
    openAsk(memoryTerminal(), { yes, signal: AbortSignal.any([]), pause: () => {} });

  test("--yes answers what asks for consent, and never what must be typed", async () => {
    expect(await ask(true).confirm({ message: "Create it?", flag: "--yes" })).toBe(true);
    await expect(
      ask(true).typed({ message: "Type demo:", expected: "demo", flag: "--confirm demo" }),
    ).rejects.toMatchObject({ reason: "answer-needed", hint: "Pass --confirm demo.", exitCode: 2 });
  });

  test("without a terminal a missing answer is an error that names the flag", async () => {
    await expect(ask(false).confirm({ message: "Create it?", flag: "--yes" })).rejects.toMatchObject({
      reason: "answer-needed",
      hint: "Pass --yes.",
      exitCode: 2,
    });
  });
});

test("bytes and durations read as people write them", () => {
  expect([0, 999, 1000, 714_290_432, 999_600].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.00 kB",
    "714 MB",
    "1.00 MB",
  ]);
  expect([400, 12_000, 185_000, 3_720_000].map(formatDuration)).toEqual(["0.4s", "12s", "3m 05s", "1h 02m"]);
});
