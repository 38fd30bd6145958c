import { findCredentials } from "./credentials.js";
import { signedHeaders } from "./sign.js";

const ARN = /^arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+$/;
const TIMEOUT_MS = 10_000;

/** Is it the ARN of a secret? @param {string} text */
export function isSecretArn(text) {
  return ARN.test(text);
}

/**
 * A secret's current value and the one before, which stays valid for those who have not heard of the new one yet. Throws an
 * Error that says what Secrets Manager answered.
 * @param {string} arn
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Promise<string[]>} one or two
 */
export async function readSecret(arn, environment) {
  const credentials = await findCredentials(environment);
  const read = (/** @type {string} */ stage) => getSecretValue({ arn, stage, credentials, environment });
  const current = await read("AWSCURRENT");
  if (current === undefined) throw new Error("Secrets Manager: the secret has no value");
  const previous = await read("AWSPREVIOUS");
  return previous === undefined || previous === current ? [current] : [current, previous];
}

/**
 * @param {{ arn: string, stage: string, credentials: import("./credentials.js").Credentials,
 *   environment: Readonly<Record<string, string | undefined>> }} asked
 * @returns {Promise<string | undefined>} undefined where no version has that stage
 */
async function getSecretValue({ arn, stage, credentials, environment }) {
  const [, partition = "aws", region = ""] = ARN.exec(arn) ?? [];
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const url = new URL(
    environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ??
      environment.AWS_ENDPOINT_URL ??
      `https://secretsmanager.${region}.${suffix}`,
  );
  const body = JSON.stringify({ SecretId: arn, VersionStage: stage });
  const target = "secretsmanager.GetSecretValue";
  const answer = await fetch(url, {
    method: "POST",
    headers: signedHeaders({
      url,
      region,
      service: "secretsmanager",
      target,
      body,
      credentials,
      now: new Date(),
    }),
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error) => {
    throw new Error(`Secrets Manager does not answer: ${error.cause?.message ?? error.message}`);
  });
  const content = /** @type {Record<string, unknown>} */ (await answer.json().catch(() => ({})));
  if (answer.ok) return typeof content.SecretString === "string" ? content.SecretString : undefined;
  const kind = typeof content.__type === "string" ? content.__type.split("#").at(-1) : answer.status;
  if (kind === "ResourceNotFoundException" && stage !== "AWSCURRENT") return undefined;
  throw new Error(`Secrets Manager: ${kind}: ${JSON.stringify(content.message ?? content.Message ?? "")}`);
}
