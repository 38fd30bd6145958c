import type { StaticOperationSchema } from "@smithy/types";
import type { Region } from "../region.ts";

/** Who calls, from the verified signature of the request. */
export interface Caller {
  readonly accountId: string;
  readonly userArn: string;
  readonly userId: string;
  readonly requestId: string;
  /** The address that the request came from, for rules that admit the caller. */
  readonly sourceAddress: string;
}

/**
 * One API operation: the SDK's own schema of it and what it does to the region.
 * `run` gets the input as the SDK's types have it, already validated against the service's constraints.
 */
export interface Operation<Input = any, Output = any> {
  readonly schema: StaticOperationSchema;
  run(region: Region, input: Input, caller: Caller): Output | Promise<Output>;
}

/** An error as the service would answer it. `fields` are further members of the error's body. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
