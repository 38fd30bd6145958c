import OpenAI from "openai";
import { expect, test } from "vitest";
import { embed } from "../model/reference.ts";
import { openScratch, smallModel } from "./models.ts";
import { type TestService, startReadyService } from "./service.ts";

const model = await smallModel(await openScratch(), 21);

/** OpenAI's own client, asking the service; it never asks twice. */
const clientOf = ({ url }: TestService, apiKey = "unused"): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

/** The embedding of single letters at length 1, by an independent implementation. */
function expected(letters: string): number[] {
  const ids = Array.from(letters.replaceAll(" ", ""), (letter) => 5 + letter.charCodeAt(0) - 97);
  const vector = Array.from(embed(model.reference, [2, ...ids, 3]));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

test("OpenAI's client gets the embeddings, asked for as numbers, in base64 (its default), of one text and of several", async () => {
  const client = clientOf(await startReadyService({ MODEL_PATH: model.directory, MODEL_NAME: "small" }));
  const texts = ["a b c", "d", "a b c"];
  for (const format of [undefined, "float", "base64"] as const) {
    const answer = await client.embeddings.create({
      model: "text-embedding-3-small",
      input: texts,
      ...(format === undefined ? {} : { encoding_format: format }),
    });
    expect(answer).toMatchObject({
      object: "list",
      model: "small",
      usage: { prompt_tokens: 13, total_tokens: 13 },
    });
    expect(answer.data.map(({ index, object }) => [index, object])).toEqual(
      texts.map((_, index) => [index, "embedding"]),
    );
    for (const [index, text] of texts.entries()) {
      const given: unknown = answer.data[index]?.embedding;
      // Where base64 is asked for in so many words, the client leaves decoding to its user.
      const vector = typeof given === "string" ? floatsOf(given) : (given as number[]);
      expect(vector.length).toBe(32);
      for (const [column, value] of expected(text).entries()) expect(vector[column]).toBeCloseTo(value, 4);
    }
  }
  const one = await client.embeddings.create({ model: "any", input: "a b c", dimensions: 32, user: "u" });
  expect(one.data.length).toBe(1);
  const listed = await client.models.list();
  expect(listed.data.map(({ id, object }) => [id, object])).toEqual([["small", "model"]]);
});

function floatsOf(base64: string): number[] {
  const bytes = Buffer.from(base64, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

test("what the service can't do for OpenAI's client is said in the error that the client throws", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_TOKEN: "secret" });
  const client = clientOf(service, "secret");
  const refused = async (body: Partial<OpenAI.EmbeddingCreateParams>, wanted: RegExp): Promise<void> => {
    const error: unknown = await client.embeddings
      .create({ model: "any", input: "a", ...body })
      .then(() => undefined)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.UnprocessableEntityError);
    expect((error as Error).message).toMatch(wanted);
  };
  await refused({ input: [1, 2, 3] }, /422 `input` has token ids; it must be a text or a list of texts\./);
  await refused({ input: [[1, 2], [3]] }, /422 `input` has token ids/);
  await refused({ dimensions: 8 }, /422 `dimensions` must be 32, which is what this model has\./);
  await expect(
    clientOf(service, "wrong").embeddings.create({ model: "any", input: "a" }),
  ).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(clientOf(service, "wrong").models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});
