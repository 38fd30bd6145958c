import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { ROUTES } from "../../templates/similarity/http/router.js";
import { openScratch, smallModel } from "./models.ts";
import { get, post, startReadyService } from "./service.ts";

const model = await smallModel(await openScratch(), 22);

/** The schema of a path's answer, as the document has it. */
function schemaOf(document: any, path: string, status: number): object {
  const { post: asked, get: read } = document.paths[path];
  return (asked ?? read).responses[status].content["application/json"].schema;
}

test("/openapi.json is OpenAPI 3.1 by an independent validator, with and without a token", async () => {
  for (const variables of [{}, { BERTOPS_TOKEN: "secret" }]) {
    const service = await startReadyService({ MODEL_PATH: model.directory, ...variables });
    const { body: document } = await get(`${service.url}/openapi.json`);
    const checked = await new Validator().validate(document);
    expect(checked).toMatchObject({ valid: true });
    expect(document.openapi).toBe("3.1.0");
    expect(document.security).toEqual("BERTOPS_TOKEN" in variables ? [{ token: [] }] : undefined);
    await service.stop();
  }
});

test("answers, good and bad, are what /openapi.json says; it describes every route and no other", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, MAX_TEXTS: "4" });
  const { body: document } = await get(`${service.url}/openapi.json`);
  const hidden = ["/", "/page.css", "/page.js", "/openapi.json"];
  const routes = Object.keys(ROUTES).filter((path) => !hidden.includes(path));
  expect(Object.keys(document.paths).toSorted()).toEqual(routes.toSorted());

  const long = "a ".repeat(100);
  const cases: [string, unknown][] = [
    ["/sim", { target: "a", texts: ["b", "c"] }],
    ["/sim", { target: long, texts: [long] }],
    ["/sim", { target: "a", texts: ["1", "2", "3", "4", "5"] }],
    ["/sim", { target: 1 }],
    ["/sim", "{"],
    ["/embed", { texts: ["a", long], normalize: true }],
    ["/v1/embeddings", { input: "a" }],
    ["/v1/embeddings", { input: ["a"], encoding_format: "base64" }],
    ["/v1/embeddings", { input: [7] }],
  ];
  const ajv = new Ajv2020({ strict: false });
  const agrees = (path: string, status: number, body: unknown): void => {
    const validate = ajv.compile(schemaOf(document, path, status));
    expect({ path, status, ok: validate(body), errors: validate.errors }).toEqual({
      path,
      status,
      ok: true,
      errors: null,
    });
  };
  for (const [path, question] of cases) {
    const { status, body } = await post(`${service.url}${path}`, question);
    agrees(path, status, body);
  }
  for (const path of ["/v1/models", "/model", "/livez", "/healthz", "/readyz"]) {
    const { status, body } = await get(`${service.url}${path}`);
    agrees(path, status, body);
  }
});
