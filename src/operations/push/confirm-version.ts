import { type Endpoint } from "../../endpoint/endpoint.ts";
import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { ModelStore } from "../models/store.ts";
import { useVersion } from "../models/use.ts";
import { awaitVersion, type VersionAnswer } from "./await-version.ts";

export interface ConfirmOptions {
  readonly endpoint: Endpoint;
  /** How many instances are to be seen. */
  readonly instances: number;
  readonly version: string;
  /** What was current before. */
  readonly previous: string | undefined;
  /** Make `previous` current again where the version does not load. */
  readonly rollback: boolean;
  readonly emit: Emit;
}

/** NFS may show an old `current` for a minute. */
const PATIENCE = 90_000;
const LIMIT = 900_000;
const LOCK_WAIT = 60_000;

/** Waits until the service answers with what is current now; a version that it cannot load does not stay current. */
export async function confirmVersion(store: ModelStore, options: ConfirmOptions): Promise<VersionAnswer> {
  const { version, previous } = options;
  const answer = await awaitVersion(options.endpoint, {
    model: store.model,
    version,
    instances: options.instances,
    patience: PATIENCE,
    limit: LIMIT,
    emit: options.emit,
    signal: store.signal,
  });
  if (answer.state !== "failed") return answer;
  // An instance that answers with it shows that it loads: then the fault is the other one's.
  const loads = answer.instances.length > 0;
  const back = options.rollback && !loads && previous !== undefined && previous !== version;
  if (back) await useVersion(store, previous, LOCK_WAIT, { action: "rollback", why: "it does not load" });
  throw new UserError({
    reason: "model-does-not-load",
    message: loads
      ? `Not every instance can load ${version} of ${store.model}: ${answer.message}`
      : `The service cannot load ${version} of ${store.model}: ${answer.message}`,
    hint: back
      ? `${previous} is current again, and the service never stopped answering with it.`
      : loads
        ? `${answer.instances.join(", ")} can, so it stays current; the others go on with what they had.`
        : "The service goes on with what it had, if it had one.",
    next: ["bertops logs", "bertops models list"],
  });
}
