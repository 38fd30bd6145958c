import type { StoreHost } from "../host.ts";
import { RECEIVE } from "../scripts/receive.ts";
import { type HostProgram, startProgram } from "./host-program.ts";

/** Programs that receive, one over each connection. */
export class HostPrograms {
  readonly #args: readonly string[];
  readonly #begun = new WeakMap<StoreHost, Promise<HostProgram>>();
  #kept: { readonly host: StoreHost; readonly program: HostProgram } | undefined;

  /** The model's directory, and the token of its lock. */
  constructor(modelDirectory: string, lockToken: string) {
    this.#args = [modelDirectory, lockToken];
  }

  /** Takes over one that runs; it stays when a lane is done with it. */
  keep(host: StoreHost, program: HostProgram): void {
    this.#kept = { host, program };
  }

  /** Starts one before it is needed, since that takes two round trips. What goes wrong is told to whoever takes it. */
  begin(host: StoreHost): void {
    const program = this.#start(host);
    program.catch(() => undefined);
    this.#begun.set(host, program);
  }

  /** The one over a connection. */
  async over(host: StoreHost): Promise<{ readonly program: HostProgram; readonly kept: boolean }> {
    if (this.#kept?.host === host && this.#kept.program.isUsable)
      return { program: this.#kept.program, kept: true };
    const begun = this.#begun.get(host);
    this.#begun.delete(host);
    return { program: await (begun ?? this.#start(host)), kept: false };
  }

  #start(host: StoreHost): Promise<HostProgram> {
    return startProgram(host, RECEIVE, this.#args);
  }
}
