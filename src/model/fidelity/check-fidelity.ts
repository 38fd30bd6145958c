import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { OpenModel } from "../open-model.ts";
import type { Pooling } from "../pooling.ts";
import type { Fidelity, Precision } from "../prepared/settings.ts";
import { measureFidelity } from "./measure-fidelity.ts";

/** Below this an 8-bit model is refused unless the caller sets another floor: its answers are no longer the model's. */
const FLOOR = 0.95;

export interface CheckOptions {
  readonly poolings: readonly Pooling[];
  readonly precision: Precision;
  readonly minFidelity?: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Measures what the precision loses, tells it, and throws UserError where that is more than is asked for. */
export async function checkFidelity(model: OpenModel, options: CheckOptions): Promise<Fidelity> {
  const { poolings, precision, emit, signal } = options;
  const step = { type: "step", id: "fidelity", label: `compare ${precision} with fp32` } as const;
  emit({ ...step, state: "started" });
  const layerDone = (): void => signal.throwIfAborted();
  const fidelity = await measureFidelity(model, { poolings, precision, layerDone });
  const detail = `cosine ${fidelity.cosineMin} at least, ${fidelity.cosineMean} on average, over ${fidelity.texts} texts`;
  const floor = options.minFidelity ?? FLOOR;
  const enough = fidelity.cosineMin >= floor;
  emit({ ...step, state: enough ? "done" : "failed", detail });
  if (enough) return fidelity;
  throw new UserError({
    reason: "fidelity-too-low",
    message: `With ${precision} this model's answers stray too far from its exact ones: cosine ${fidelity.cosineMin} at worst, where ${floor} is asked for.`,
    hint: "Keep fp32, try int8-row, or accept it with --min-fidelity.",
  });
}
