import { expect, test } from "vitest";
import { openScratch, smallModel } from "./models.ts";
import { startSecretsServer, type SecretsServer } from "./secrets-server.ts";
import { get, post, startReadyService, startTestService, type TestService, until } from "./service.ts";

const model = await smallModel(await openScratch(), 41);
const QUESTION = { target: "a", texts: ["b"] };

const variables = (secrets: SecretsServer): Record<string, string> => ({
  MODEL_PATH: model.directory,
  BERTOPS_TOKEN_SECRET: secrets.arn,
  TOKEN_REFRESH_SECONDS: "0.2",
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  AWS_EC2_METADATA_SERVICE_ENDPOINT: secrets.url,
});

async function status(service: TestService, token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await post(`${service.url}/sim`, QUESTION, headers)).status;
}

test("a token from Secrets Manager: read with the instance's role, rotated without a restart", async () => {
  const secrets = await startSecretsServer("first");
  const service = await startReadyService(variables(secrets));
  await until(async () => (await status(service, "first")) === 200);
  expect([await status(service), await status(service, "second")]).toEqual([401, 401]);
  expect((await get(`${service.url}/openapi.json`)).body.security).toEqual([{ token: [] }]);

  secrets.rotate('{"token":"second"}');
  await until(async () => (await status(service, "second")) === 200);
  expect(await status(service, "first")).toBe(200);
  secrets.rotate("third");
  await until(async () => (await status(service, "third")) === 200);
  expect([await status(service, "second"), await status(service, "first")]).toEqual([200, 401]);
  expect(service.log.some((line) => line.message === "the token was changed")).toBe(true);

  // What was read stays when it can't be read again.
  secrets.denied = true;
  await until(() => service.log.some((line) => String(line["error"]).includes("AccessDeniedException")));
  expect(await status(service, "third")).toBe(200);
});

test("while the secret can't be read nobody is let in, and the answer and the log say why", async () => {
  const secrets = await startSecretsServer("first");
  secrets.denied = true;
  const service = await startReadyService(variables(secrets));
  await until(() => service.log.some((line) => String(line["error"]).includes("AccessDeniedException")));
  const refused = await post(`${service.url}/sim`, QUESTION, { authorization: "Bearer first" });
  expect([refused.status, refused.body.error.reason]).toEqual([503, "token-unknown"]);
  expect(await status(service)).toBe(503);
  secrets.denied = false;
  await until(async () => (await status(service, "first")) === 200);
});

test("a value that is no ARN stops the service", async () => {
  await expect(
    startTestService({ MODEL_PATH: model.directory, BERTOPS_TOKEN_SECRET: "my-token" }),
  ).rejects.toThrow(/BERTOPS_TOKEN_SECRET is .*ARN/u);
});
