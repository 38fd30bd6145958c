import type { StaticOperationSchema } from "@smithy/types";
import type { ServiceConstraints } from "./constraints/constraints.ts";
import type { Operation, ServiceError } from "./operation.ts";
import type { Refusal } from "./refusal.ts";
import type { BufferedRequest, WireRequest, WireResponse } from "./request.ts";

/** What a client asked for. `Body`-like streaming members are streams. */
export interface Call {
  readonly schema: StaticOperationSchema;
  readonly input: Record<string, unknown>;
}

/** How a service speaks: where a request says what it wants, and how answers and errors are written. */
export interface Protocol {
  /** Does it take bodies as streams? Then `request.bytes` is empty and `request.body` is the decoded stream. */
  readonly streams: boolean;
  /** Finds the operation and reads its input. Throws a Refusal when there is none, or when the body is malformed. */
  read(request: BufferedRequest, schemas: ReadonlyMap<string, StaticOperationSchema>): Promise<Call>;
  write(schema: StaticOperationSchema, output: Record<string, unknown>, requestId: string): WireResponse;
  writeError(error: ServiceError, requestId: string, request: WireRequest): WireResponse;
  /** The error that the service answers to a request which it turns away. */
  refuse(refusal: Refusal): ServiceError;
}

/** A service of the region. */
export interface Service {
  /** As the scope of a signature names it: `elasticfilesystem`. */
  readonly signingName: string;
  readonly protocol: Protocol;
  readonly operations: readonly Operation[];
  /** Lengths, patterns, ranges and enums of its inputs. */
  readonly constraints: ServiceConstraints;
  /** IAM and STS also take credentials scoped to us-east-1, where their global endpoint is. */
  readonly global?: boolean;
}
