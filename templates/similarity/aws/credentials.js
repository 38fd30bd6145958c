/**
 * What a request to AWS is signed with.
 * @typedef {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string | undefined }} Credentials
 */

const TIMEOUT_MS = 5000;

/**
 * The credentials of the environment, or else of the instance's role, asked of the instance metadata service (version 2).
 * Throws an Error that says what is missing.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Promise<Credentials>}
 */
export async function findCredentials(environment) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    };
  }
  const base = environment.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254";
  const token = await ask(`${base}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const headers = { "x-aws-ec2-metadata-token": token };
  const roles = `${base}/latest/meta-data/iam/security-credentials/`;
  const role = (await ask(roles, { headers })).split("\n", 1)[0] ?? "";
  const found = JSON.parse(await ask(`${roles}${role}`, { headers }));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = found;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string")
    throw new Error(`the instance's role ${role} has no credentials: ${found.Code ?? "no reason is given"}`);
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** @param {string} url @param {RequestInit} options */
async function ask(url, options) {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error) => {
    throw new Error(`no credentials: ${url} does not answer (${error.message})`);
  });
  if (!answer.ok) throw new Error(`no credentials: ${url} answered ${answer.status}`);
  return answer.text();
}
