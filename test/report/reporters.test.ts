import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { openAsk } from "../../src/report/ask.ts";
import { jsonReporter } from "../../src/report/json.ts";
import { plainReporter } from "../../src/report/plain.ts";
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
    expect(terminal.stderrText).toBe("  upload: 5.00 MB of 20.0 MB, 25 %, 1.00 MB/s, 15s left\n");
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
