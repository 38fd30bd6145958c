import type { Duplex } from "node:stream";

/** How bytes get to a host where a plain TCP connection would not do: a tunnel, a ProxyCommand. */
export interface Transport {
  /** For messages: `through the endpoint eice-0123`. */
  readonly label: string;
  /** Opens a stream to the host's SSH server. Rejects with a UserError. */
  open(signal: AbortSignal): Promise<Duplex>;
}
