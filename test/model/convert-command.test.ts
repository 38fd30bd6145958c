import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { main } from "../../src/main.ts";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { openWorkspace } from "./workspace.ts";

const at = await openWorkspace();
await writeRandomModel(at("demo"));

/** Runs the program in this process and collects what it writes. */
async function bertops(...argv: string[]) {
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const [stdin, stdout, stderr] = streams as unknown as [
    NodeJS.ReadStream,
    NodeJS.WriteStream,
    NodeJS.WriteStream,
  ];
  const code = await main(argv, { stdin, stdout, stderr, env: {}, cwd: () => at(".") });
  const text = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? "").toString();
  return { code, stdout: text(streams[1]), stderr: text(streams[2]) };
}

test("convert --json prints the object that scripts rely on", async () => {
  const { code, stdout } = await bertops("convert", "demo", "prepared", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    command: "convert",
    source: { format: "tensorflow", layers: 2, hidden: 128, parameters: 582_656 },
    output: at("prepared"),
    precision: "fp32",
    files: 4,
  });
});

test("convert tells a person what it made", async () => {
  const { code, stdout } = await bertops("convert", "demo", "plain", "--pooling", "mean");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Prepared .*plain\n {2}2 layers of 128, 582,656 parameters, fp32, mean pooling/);
});

test("flags that mean nothing, and directories that are no models, exit with 2", async () => {
  const flag = await bertops("convert", "demo", "x", "--pooling", "median");
  expect(flag).toMatchObject({ code: 2 });
  expect(flag.stderr).toMatch(/--pooling takes cls, max, mean/);
  const both = await bertops("convert", "demo", "x", "--cased", "--uncased");
  expect(both).toMatchObject({ code: 2 });
  const nothing = await bertops("convert", "nothing", "x", "--json");
  expect(nothing.code).toBe(2);
  expect(JSON.parse(nothing.stdout)).toMatchObject({ ok: false, command: "convert", error: { exitCode: 2 } });
  const missing = await bertops("convert", "demo");
  expect(missing.code).toBe(2);
});

test("a model that is prepared already is not converted again", async () => {
  await bertops("convert", "demo", "twice");
  const { code, stdout } = await bertops("convert", "twice", "third", "--json");
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { reason: "already-prepared" } });
});

test("8 bits print how far the answers are from exact ones", async () => {
  const { code, stdout } = await bertops("convert", "demo", "small", "--precision", "int8-row", "--json");
  expect(code).toBe(0);
  const { fidelity, precision } = JSON.parse(stdout) as {
    fidelity: { cosineMin: number };
    precision: string;
  };
  expect(precision).toBe("int8-row");
  expect(fidelity.cosineMin).toBeGreaterThan(0.98);
  const person = await bertops("convert", "demo", "small-too", "--precision", "int8");
  expect(person.stdout).toMatch(/cosine 0\.9\d+ at least[^]*move by 0\.0\d+ on average/);
  const floor = await bertops("convert", "demo", "none", "--precision", "int8", "--min-fidelity", "2");
  expect(floor).toMatchObject({ code: 2 });
});
