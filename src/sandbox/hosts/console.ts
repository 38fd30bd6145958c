import type { HostSpec } from "./host.ts";
import { fingerprint } from "./ssh/host-keys.ts";
import type { HostKey } from "./ssh/host-keys.ts";

/** What an instance's serial console shows; EC2 keeps the last 64 KiB. */
const LIMIT = 64 * 1024;

/** The console of one instance. */
export class Console {
  #text = "";

  /** What it shows so far. */
  get text(): string {
    return this.#text;
  }

  /** A line of a service, as systemd and cloud-init write theirs. */
  line(text: string): void {
    this.#text = `${this.#text}${text}\r\n`.slice(-LIMIT);
  }

  /** The machine's first words at every boot. */
  boot(spec: HostSpec): void {
    this.line("[    0.000000] Linux version 6.1.141-155.222.amzn2023.x86_64 (sandbox)");
    this.line(`[    1.204011] systemd[1]: Hostname set to <${spec.hostname}>.`);
    this.line("[  OK  ] Reached target network-online.target - Network is Online.");
  }

  /** What cloud-init prints when it has made host keys: the one way to know them before the first connection. */
  hostKeys(keys: readonly HostKey[]): void {
    const say = (text: string): void => this.line(`ec2: ${text}`);
    say("#############################################################");
    say("-----BEGIN SSH HOST KEY FINGERPRINTS-----");
    for (const key of keys) say(fingerprint(key));
    say("-----END SSH HOST KEY FINGERPRINTS-----");
    say("#############################################################");
    this.line("-----BEGIN SSH HOST KEY KEYS-----");
    for (const key of keys) this.line(key.public);
    this.line("-----END SSH HOST KEY KEYS-----");
  }

  /** The end of a boot. */
  login(spec: HostSpec): void {
    this.line("");
    this.line("Amazon Linux 2023");
    this.line(`${spec.hostname} login: `);
  }
}
