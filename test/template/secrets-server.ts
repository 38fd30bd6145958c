import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { IamState } from "../../src/sandbox/iam/state.ts";
import { readCredential } from "../../src/sandbox/wire/credential.ts";
import { sha256 } from "../../src/sandbox/wire/canonical-request.ts";
import { readRequest } from "../../src/sandbox/wire/request.ts";
import { verifySignature } from "../../src/sandbox/wire/signature.ts";

const KEY = {
  accessKeyId: "ASIATESTTESTTESTTEST",
  secretAccessKey: "s3cr3t/of+the/role",
  token: "session==",
};

/**
 * Secrets Manager's GetSecretValue and the instance metadata service, as AWS documents them, in one server:
 *
 * - `PUT /latest/api/token` with `x-aws-ec2-metadata-token-ttl-seconds` answers a token; every `GET /latest/meta-data/…` without it
 *   is 401. `iam/security-credentials/` lists one role, `iam/security-credentials/ROLE` answers its temporary credentials.
 * - `POST /` with `x-amz-target: secretsmanager.GetSecretValue` must be signed (Signature Version 4, service `secretsmanager`, the
 *   ARN's region) with those credentials and carry their session token; otherwise 400 UnrecognizedClientException or
 *   InvalidSignatureException. An unknown secret, or a stage without a version, is 400 ResourceNotFoundException; while `denied`,
 *   400 AccessDeniedException. Else `{ARN, Name, SecretString, VersionStages}`.
 */
export interface SecretsServer {
  readonly url: string;
  readonly arn: string;
  denied: boolean;
  /** How often a secret was read. */
  reads: number;
  /** The new value becomes AWSCURRENT, the one that was current AWSPREVIOUS. */
  rotate(value: string): void;
}

/** Starts it; it ends with the test. */
export async function startSecretsServer(value: string): Promise<SecretsServer> {
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:bert/token-AbCdEf";
  const stages = new Map([["AWSCURRENT", value]]);
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  const found: SecretsServer = {
    url: "",
    arn,
    denied: false,
    reads: 0,
    rotate(next) {
      stages.set("AWSPREVIOUS", stages.get("AWSCURRENT") ?? "");
      stages.set("AWSCURRENT", next);
    },
  };
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? "";
    if (path.startsWith("/latest/")) return metadata(request, path);
    const text = Buffer.concat(chunks).toString("utf8");
    const refusal = signatureFault(request, text);
    if (refusal !== undefined) return { status: 400, body: { __type: refusal, message: "refused" } };
    found.reads += 1;
    const input = JSON.parse(text) as { SecretId: string; VersionStage: string };
    if (found.denied)
      return { status: 400, body: { __type: "AccessDeniedException", Message: `may not read ${arn}` } };
    const secret = input.SecretId === arn ? stages.get(input.VersionStage) : undefined;
    if (secret === undefined)
      return { status: 400, body: { __type: "ResourceNotFoundException", Message: "no such version" } };
    return {
      status: 200,
      body: { ARN: arn, Name: "bert/token", SecretString: secret, VersionStages: [input.VersionStage] },
    };
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(found, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function metadata(request: IncomingMessage, path: string): { status: number; body: unknown } {
  if (path === "/latest/api/token") {
    const ttl = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    return request.method === "PUT" && ttl > 0 ? { status: 200, body: "TOKEN" } : { status: 400, body: "" };
  }
  if (request.headers["x-aws-ec2-metadata-token"] !== "TOKEN") return { status: 401, body: "" };
  const roles = "/latest/meta-data/iam/security-credentials/";
  if (path === roles) return { status: 200, body: "demo-instance" };
  if (path !== `${roles}demo-instance`) return { status: 404, body: "" };
  const { accessKeyId, secretAccessKey, token } = KEY;
  return {
    status: 200,
    body: { Code: "Success", AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: token },
  };
}

/** The error of a request that is not signed as it must be. */
function signatureFault(request: IncomingMessage, body: string): string | undefined {
  if (request.headers["x-amz-target"] !== "secretsmanager.GetSecretValue") return "UnknownOperationException";
  if (request.headers["x-amz-security-token"] !== KEY.token) return "UnrecognizedClientException";
  const wire = readRequest(request);
  const credential = readCredential(wire);
  if (credential?.service !== "secretsmanager") return "MissingAuthenticationTokenException";
  if (!credential.signedHeaders.includes("x-amz-security-token")) return "InvalidSignatureException";
  const iam = { accessKeys: new Map([[KEY.accessKeyId, KEY]]) } as unknown as IamState;
  const options = {
    iam,
    regions: ["eu-central-1"],
    payloadHash: sha256(body),
    encodePath: true,
    now: Date.now(),
  };
  try {
    verifySignature(wire, credential, options);
    return undefined;
  } catch {
    return "InvalidSignatureException";
  }
}
