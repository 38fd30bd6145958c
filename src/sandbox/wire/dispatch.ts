import { createHash, randomBytes, randomUUID } from "node:crypto";
import { pipeline, Transform } from "node:stream";
import type { Readable } from "node:stream";
import type { Region } from "../region.ts";
import { ChunkedBody } from "./chunked-body.ts";
import { sha256 } from "./canonical-request.ts";
import { type Credential, readCredential } from "./credential.ts";
import { ServiceError } from "./operation.ts";
import type { Call, Service } from "./protocol.ts";
import { Refusal } from "./refusal.ts";
import { type BufferedRequest, collect, type WireRequest, type WireResponse } from "./request.ts";
import { serviceOf } from "./service-of.ts";
import { verifySignature, type VerifiedSignature } from "./signature.ts";
import { MUST_NOT_BE_NULL, validate } from "./validate.ts";

const MAX_BODY = 10 * 1024 * 1024;
const NO_BODY = Buffer.alloc(0);

/** Answers a signed request: finds the service, verifies, reads, validates, runs, writes. Never throws. */
export async function dispatch(
  region: Region,
  services: readonly Service[],
  request: WireRequest,
): Promise<WireResponse> {
  const service = serviceOf(services, request);
  const requestId = service.protocol.streams ? randomBytes(8).toString("hex").toUpperCase() : randomUUID();
  try {
    return await run(region, service, request, requestId);
  } catch (error) {
    return service.protocol.writeError(asServiceError(service, error), requestId, request);
  }
}

async function run(
  region: Region,
  service: Service,
  request: WireRequest,
  requestId: string,
): Promise<WireResponse> {
  const credential = readCredential(request);
  if (!credential) throw new Refusal("missing-signature", "");
  if (credential.service !== service.signingName) throw new Refusal("wrong-scope", credential.service);
  const { received, verified } = await receive(region, service, request, credential);
  const schemas = new Map(service.operations.map((operation) => [operation.schema[2], operation.schema]));
  const call = await service.protocol.read(received, schemas);
  checkInput(service, call);
  const operation = service.operations.find((one) => one.schema === call.schema)!;
  const output: unknown = await operation.run(region, call.input, {
    accountId: region.accountId,
    userArn: verified.key.userArn,
    userId: verified.key.userId,
    requestId,
    sourceAddress: request.sourceAddress,
  });
  return service.protocol.write(call.schema, (output ?? {}) as Record<string, unknown>, requestId);
}

async function receive(
  region: Region,
  service: Service,
  request: WireRequest,
  credential: Credential,
): Promise<{ received: BufferedRequest; verified: VerifiedSignature }> {
  const { streams } = service.protocol;
  const bytes = streams ? NO_BODY : await collect(request.body, MAX_BODY);
  const declared = request.headers["x-amz-content-sha256"];
  const undeclared = streams ? "UNSIGNED-PAYLOAD" : sha256(bytes);
  const verified = verifySignature(request, credential, {
    iam: region.iam,
    regions: service.global ? [region.name, "us-east-1"] : [region.name],
    payloadHash: credential.expires === undefined ? (declared ?? undeclared) : undeclared,
    encodePath: !streams,
    now: Date.now(),
  });
  if (streams) return { received: { ...request, bytes, body: openBody(request, verified) }, verified };
  if (declared !== undefined && declared !== undeclared && /^[0-9a-f]{64}$/.test(declared)) {
    throw new Refusal("bad-signature", credential.accessKeyId);
  }
  return { received: { ...request, bytes }, verified };
}

/** The body as the client meant it: unchunked, and checked against the hash that was signed. */
function openBody(request: WireRequest, verified: VerifiedSignature): Readable {
  const { payloadHash } = verified;
  if (payloadHash === "UNSIGNED-PAYLOAD") return request.body;
  const decoder = payloadHash.startsWith("STREAMING-")
    ? new ChunkedBody(
        payloadHash.startsWith("STREAMING-AWS4") ? verified : undefined,
        request.headers["x-amz-trailer"],
      )
    : hashCheck(payloadHash);
  // The reader of the decoder meets the error; pipeline only has to know that somebody does.
  return pipeline(request.body, decoder, () => undefined);
}

function hashCheck(expected: string): Transform {
  const hash = createHash("sha256");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (hash.digest("hex") === expected) done();
      else {
        done(
          new ServiceError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
          ),
        );
      }
    },
  });
}

function checkInput(service: Service, call: Call): void {
  const violations = validate(call.schema, call.input, service.constraints);
  if (violations.length === 0) return;
  const missing = violations.some((one) => one.demand === MUST_NOT_BE_NULL);
  // A service with a code of its own for what is missing reports that first.
  const ordered = violations.toSorted(
    (a, b) => Number(b.demand === MUST_NOT_BE_NULL) - Number(a.demand === MUST_NOT_BE_NULL),
  );
  throw new Refusal(missing ? "missing-parameter" : "invalid-parameter", "", ordered);
}

function asServiceError(service: Service, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof Refusal) return service.protocol.refuse(error);
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError("InternalFailure", `The sandbox failed: ${reason}`, 500);
}
