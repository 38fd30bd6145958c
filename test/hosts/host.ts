/** File systems of the tests' region, and where their mount targets are. */
export const ONE = { id: "fs-0aaaaaaaaaaaaaaa1", address: "10.77.0.11" } as const;
export const TWO = { id: "fs-0bbbbbbbbbbbbbbb2", address: "10.77.0.12" } as const;
/** A file system that no name server knows. */
export const UNKNOWN = { id: "fs-0cccccccccccccccc" } as const;
export const FILE_SYSTEMS = [ONE, TWO];

/** How a mount target behaves: answers, loses every packet as behind a security group, or refuses. */
export type TargetState = "up" | "blocked" | "refused";

/** What a command left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A real host that tests log in to: in namespaces, or the virtual machine. Both tiers run the same tests on it. */
export interface TestHost {
  /** As `--host` takes it, without the user. */
  readonly name: string;
  /** Runs a shell text as root, over OpenSSH's own client. */
  root(script: string): Promise<Outcome>;
  /** Changes how a mount target answers. */
  target(address: string, state: TargetState): Promise<void>;
  reboot(): Promise<void>;
}
