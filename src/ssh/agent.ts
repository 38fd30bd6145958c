import type { ParsedKey, SigningRequestOptions } from "ssh2";
import ssh2 from "ssh2";

/** A key that an agent holds. */
export interface AgentKey {
  /** The public key as it goes over the wire. */
  readonly blob: Buffer;
  readonly key: ParsedKey;
}

/** The keys of the agent behind a socket; none where it does not answer. */
export function agentKeys(socket: string): Promise<readonly AgentKey[]> {
  return new Promise((resolve) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      const found: unknown = error === undefined || error === null ? keys : [];
      resolve((found as readonly ParsedKey[]).map((key) => ({ blob: Buffer.from(key.getPublicSSH()), key })));
    });
  });
}

/** The same agent, showing only some of its keys. */
export function agentWith(socket: string, keys: readonly AgentKey[]): ssh2.BaseAgent {
  return new ChosenKeys(
    socket,
    keys.map(({ key }) => key),
  );
}

class ChosenKeys extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: ssh2.BaseAgent;
  readonly #keys: ParsedKey[];

  constructor(socket: string, keys: ParsedKey[]) {
    super();
    this.#agent = ssh2.createAgent(socket);
    this.#keys = keys;
  }

  override getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    done(undefined, this.#keys);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | ssh2.SignCallback,
    done?: ssh2.SignCallback,
  ): void {
    if (typeof options === "function") this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, done);
  }
}
