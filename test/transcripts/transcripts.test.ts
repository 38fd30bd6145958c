import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linesMatch, parseTranscript, runStep } from "./transcript.ts";

const sessions = path.join(import.meta.dirname, "sessions");

/** Every file of sessions/ is a terminal session that must go as it is written; each has a home of its own. */
for (const file of (await readdir(sessions)).filter((name) => name.endsWith(".txt"))) {
  describe(`session ${file}`, async () => {
    let home: string;
    beforeAll(async () => {
      home = await mkdtemp(path.join(tmpdir(), "bertops-session-"));
    });
    afterAll(async () => {
      await runStep("bertops sandbox stop", { cwd: home, home });
      await rm(home, { recursive: true, force: true });
    });
    for (const step of parseTranscript(await readFile(path.join(sessions, file), "utf8")))
      test(`line ${step.line}: ${step.command}`, { timeout: 180_000 }, async () => {
        const outcome = await runStep(step.command, { cwd: home, home });
        const said = { exitCode: outcome.exitCode, stdout: outcome.stdout, stderr: outcome.stderr };
        const written = { exitCode: step.exitCode, stdout: step.stdout, stderr: step.stderr };
        const same =
          outcome.exitCode === step.exitCode &&
          linesMatch(step.stdout, outcome.stdout) &&
          linesMatch(step.stderr, outcome.stderr);
        expect(same ? written : said).toEqual(written);
      });
  });
}
