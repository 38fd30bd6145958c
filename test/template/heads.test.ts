import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture, prepare } from "../model/workspace.ts";
import { openScratch } from "./models.ts";
import { post, startReadyService } from "./service.ts";

// What sentence-transformers answered for the same texts: tools/model-fixtures/sentence_models.py.
const scratch = await openScratch();

for (const [kind, dimensions] of [
  ["labse", 24],
  ["distiluse", 16],
  ["several", 72],
] as const) {
  test(`a service of "${kind}" answers texts with vectors as wide as its head makes them`, async () => {
    const source = path.join(scratch, `${kind}-in`);
    await cp(fixture("sentence-transformers/base"), source, { recursive: true });
    await cp(fixture(`sentence-transformers/${kind}`), source, { recursive: true });
    const directory = path.join(scratch, kind);
    await prepare(source, directory);
    const { sentences, embeddings } = JSON.parse(
      await readFile(path.join(source, "expected.json"), "utf8"),
    ) as { sentences: string[]; embeddings: number[][] };
    const service = await startReadyService({ MODEL_PATH: directory });
    const embedded = await post(`${service.url}/embed`, { texts: sentences });
    expect(embedded).toMatchObject({ status: 200, body: { dimensions } });
    const answered = (embedded.body as { embeddings: number[][] }).embeddings;
    const differences = embeddings.flatMap((vector, text) =>
      vector.map((value, column) => Math.abs(value - (answered[text]?.[column] ?? Number.NaN))),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    const openai = (width: number) =>
      post(`${service.url}/v1/embeddings`, { model: "any", input: sentences, dimensions: width });
    expect((await openai(dimensions)).status).toBe(200);
    expect((await openai(dimensions + 1)).status).toBeGreaterThanOrEqual(400);
    await service.stop();
  });
}
