import { EXIT, UserError } from "../../errors.ts";
import type { SandboxRecord } from "./record.ts";

/** Everything that exists in a sandbox: kind of resource -> names or ids. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

/** Asks the sandbox for its own listing. */
export async function inventoryOf(record: SandboxRecord, signal: AbortSignal): Promise<Inventory> {
  try {
    const response = await fetch(`${record.endpoint}/inventory`, { signal });
    if (response.ok) return (await response.json()) as Inventory;
    throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    throw new UserError({
      reason: "sandbox-silent",
      message: `The sandbox at ${record.endpoint} does not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
      next: ["bertops sandbox stop", "bertops sandbox start"],
      exitCode: EXIT.retry,
      cause,
    });
  }
}

/** The listing as lines: one a kind, with the names beside it. */
export function inventoryLines(record: SandboxRecord, inventory: Inventory): string[] {
  const kinds = Object.entries(inventory).filter(([, names]) => names.length > 0);
  return [
    `The sandbox runs at ${record.endpoint} (${record.region}, isolation: ${record.isolation}, process ${record.pid}).`,
    ...(kinds.length === 0 ? ["Nothing exists in it."] : []),
    ...kinds.map(([kind, names]) => `  ${kind}: ${names.join(", ")}`),
  ];
}
