import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import type { ExecOptions, Host, HostSpec } from "./host.ts";
import type { Machine } from "./machine.ts";

/** A running instance. */
export class Instance implements Host {
  readonly instanceId: string;
  readonly address: string;
  readonly hostKeys: readonly string[] = [];
  readonly #machine: Machine;
  readonly #directory: string;

  constructor(spec: HostSpec, machine: Machine, directory: string, address: string) {
    this.instanceId = spec.instanceId;
    this.address = address;
    this.#machine = machine;
    this.#directory = directory;
  }

  consoleOutput(): string {
    return "";
  }

  path(inside: string): string {
    return this.#machine.root + inside;
  }

  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess {
    return this.#machine.spawn(argv, options);
  }

  async reboot(): Promise<void> {
    await this.#machine.halt();
    await this.#machine.boot();
  }

  async terminate(): Promise<void> {
    await this.#machine.halt();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
