import type { Instance, Instances } from "../../aws/instances.ts";
import type { Emit } from "../../events.ts";
import { type EphemeralKey, generateEphemeralKey } from "../../ssh/credentials.ts";
import type { SshTarget } from "../../ssh/target.ts";

export interface EphemeralKeysOptions {
  readonly ports: Pick<Instances, "sendSshPublicKey">;
  /** Is there another key to try: a named file, an agent? Then a refusal of Instance Connect is not the end. */
  readonly hasOther: boolean;
  readonly emit: Emit;
}

/** EC2 Instance Connect admits a key for 60 seconds; after this it is sent again. */
const ADMITTED_MS = 40_000;

/** One key pair for this process, which EC2 Instance Connect admits to each instance for a minute at a time. */
export function ephemeralKeys(
  byId: ReadonlyMap<string, Instance>,
  { ports, hasOther, emit }: EphemeralKeysOptions,
): (target: SshTarget) => EphemeralKey | undefined {
  const pair = generateEphemeralKey();
  const admitted = new Map<string, { readonly until: number; readonly done: Promise<void> }>();
  return (target) => {
    const instance = byId.get(target.keyNames[0] ?? "");
    if (instance === undefined) return undefined;
    return {
      privateKey: pair.privateKey,
      async admit() {
        const last = admitted.get(instance.id);
        if (last !== undefined && Date.now() < last.until) return last.done;
        const done = ports
          .sendSshPublicKey({
            instanceId: instance.id,
            availabilityZone: instance.availabilityZone,
            user: target.user,
            publicKey: pair.publicKey,
          })
          .catch((error: unknown) => {
            admitted.delete(instance.id);
            if (!hasOther) throw error;
            emit({
              type: "detail",
              message: `EC2 Instance Connect would not admit a key: ${error instanceof Error ? error.message : String(error)}`,
            });
          });
        admitted.set(instance.id, { until: Date.now() + ADMITTED_MS, done });
        return done;
      },
    };
  };
}
