import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { recogniseModel } from "../../src/model/recognise.ts";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
const SAVER = fixture("tensorflow/saver");

test("a release inside an unzipped folder is found", async () => {
  await cp(SAVER, at("unzipped/archive/uncased_L-2"), { recursive: true });
  const found = await recogniseModel(at("unzipped"));
  expect(found).toMatchObject({ form: "tensorflow", directory: at("unzipped/archive/uncased_L-2") });
});

test("a checkpoint's own path without .index is taken", async () => {
  await cp(SAVER, at("steps"), { recursive: true });
  await cp(path.join(SAVER, "model.ckpt-7.index"), at("steps/model.ckpt-9.index"));
  await cp(
    path.join(SAVER, "model.ckpt-7.data-00000-of-00001"),
    at("steps/model.ckpt-9.data-00000-of-00001"),
  );
  const found = await recogniseModel(at("steps/model.ckpt-9"));
  expect(found).toMatchObject({ form: "tensorflow", prefix: at("steps/model.ckpt-9") });
});

test("several steps with no file that chooses are listed", async () => {
  await cp(SAVER, at("undecided"), { recursive: true });
  await rm(at("undecided/checkpoint"));
  await expect(recogniseModel(at("undecided"))).rejects.toMatchObject({
    reason: "incomplete-model",
    exitCode: 2,
    message: expect.stringMatching(/model\.ckpt-3\.index, model\.ckpt-7\.index/) as string,
  });
});

test("several models in folders are listed, none is chosen", async () => {
  await cp(SAVER, at("zoo/one"), { recursive: true });
  await cp(SAVER, at("zoo/two"), { recursive: true });
  await expect(recogniseModel(at("zoo"))).rejects.toMatchObject({
    reason: "ambiguous-model",
    exitCode: 2,
    message: expect.stringMatching(/zoo\/one; .*zoo\/two/) as string,
  });
});

for (const missing of ["bert_config.json", "vocab.txt", "model.ckpt-7.data-00000-of-00001"]) {
  test(`a release without ${missing} is told what is missing`, async () => {
    const directory = at(`without-${missing}`);
    await cp(SAVER, directory, { recursive: true });
    await rm(path.join(directory, missing));
    await expect(recogniseModel(directory)).rejects.toMatchObject({
      reason: "incomplete-model",
      exitCode: 2,
      message: expect.stringMatching(`is missing ${missing}`) as string,
    });
  });
}

test("a configuration alone is told that the checkpoint is missing", async () => {
  await mkdir(at("config-only"));
  await cp(path.join(SAVER, "bert_config.json"), at("config-only/bert_config.json"));
  await expect(recogniseModel(at("config-only"))).rejects.toMatchObject({
    message: expect.stringMatching(/missing a checkpoint/) as string,
  });
});

test("names are not enough: a text called model.ckpt.index is no checkpoint", async () => {
  await mkdir(at("names"));
  await writeFile(at("names/model.ckpt.index"), "see chapter 3");
  await expect(recogniseModel(at("names"))).rejects.toMatchObject({ reason: "no-model", exitCode: 2 });
});

test("a directory of something else, an empty one, a file and nothing at all are refused", async () => {
  await mkdir(at("photos"));
  await writeFile(at("photos/a.jpg"), "x");
  await mkdir(at("empty"));
  await expect(recogniseModel(at("photos"))).rejects.toMatchObject({
    reason: "no-model",
    exitCode: 2,
    message: expect.stringMatching(/holds a\.jpg/) as string,
  });
  await expect(recogniseModel(at("empty"))).rejects.toMatchObject({ reason: "no-model", exitCode: 2 });
  await expect(recogniseModel(at("photos/a.jpg"))).rejects.toMatchObject({
    reason: "not-a-directory",
    exitCode: 2,
  });
  await expect(recogniseModel(at("nowhere"))).rejects.toMatchObject({ reason: "not-found", exitCode: 2 });
});

test("forms that are not read are named", async () => {
  for (const [file, form] of [
    ["tf_model.h5", "Keras weights"],
    ["model.gguf", "a GGUF file"],
    ["uncased_L-12_H-768_A-12.zip", "an archive that is not unpacked"],
  ] as const) {
    const directory = at(`other-${file.replace("/", "-")}`);
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), "x");
    await expect(recogniseModel(directory)).rejects.toMatchObject({
      reason: "unsupported-model",
      exitCode: 2,
      message: expect.stringContaining(`holds ${form} (`) as string,
    });
  }
});

test("links that go in a circle are left out, and so is one to the directory itself", async () => {
  await cp(SAVER, at("links/release"), { recursive: true });
  await symlink("b.index", at("links/a.index"));
  await symlink("a.index", at("links/b.index"));
  await symlink(".", at("links/release/self"));
  await expect(recogniseModel(at("links"))).resolves.toMatchObject({ directory: at("links/release") });
  await symlink("loop", at("loop"));
  await expect(recogniseModel(at("loop"))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/circle/) as string,
  });
});

test("a prepared model is known, and preparing it again writes nothing", async () => {
  await writeRandomModel(at("demo"));
  await prepare(at("demo"), at("demo-prepared"));
  await expect(recogniseModel(at("demo-prepared"))).resolves.toMatchObject({ form: "prepared" });
  const again = await prepare(at("demo-prepared"), at("never"));
  expect(again).toMatchObject({ written: false, directory: at("demo-prepared") });
  await expect(recogniseModel(at("never"))).rejects.toMatchObject({ reason: "not-found" });
});

test("half a prepared model is told what is missing", async () => {
  await writeRandomModel(at("half"));
  await prepare(at("half"), at("half-prepared"));
  await rm(at("half-prepared/model.onnx.data"));
  await expect(recogniseModel(at("half-prepared"))).rejects.toMatchObject({
    message: expect.stringMatching(/is missing model\.onnx\.data/) as string,
  });
});
