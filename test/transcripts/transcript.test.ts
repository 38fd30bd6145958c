import { expect, test } from "vitest";
import { linesMatch, parseTranscript } from "./transcript.ts";

test("a transcript names commands, both outputs and the exit code", () => {
  expect(parseTranscript("# hello\n$ bertops x\n> out\n>\n! err\n? 2\n\n$ true\n")).toEqual([
    { line: 2, command: "bertops x", stdout: ["out", ""], stderr: ["err"], exitCode: 2 },
    { line: 8, command: "true", stdout: [], stderr: [], exitCode: 0 },
  ]);
});

test("[..] stands for characters, ... for lines, everything else for itself", () => {
  expect(linesMatch(["a [..] (c)", "..."], ["a bb (c)", "x", "y"])).toBe(true);
  expect(linesMatch(["...", "end."], ["x", "end."])).toBe(true);
  expect(linesMatch(["...", "end."], ["x", "endX"])).toBe(false);
  expect(linesMatch(["a"], ["a", "b"])).toBe(false);
  expect(linesMatch(["a"], [])).toBe(false);
});
