import { fingerprint, type HostKey, hostKeyFromLine } from "./host-key.ts";

/** What an instance wrote to its console about its own host keys when it first booted (cloud-init does). */
export interface ConsoleKeys {
  readonly keys: readonly HostKey[];
  readonly fingerprints: readonly string[];
}

/** Finds the blocks that cloud-init prints; empty lists while the console has none yet. */
export function consoleKeys(output: string): ConsoleKeys {
  const keys = blocks(output, "SSH HOST KEY KEYS").flatMap((line) => {
    const found = /(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/]+=*/u.exec(line);
    const key = found === null ? undefined : hostKeyFromLine(found[0]);
    return key === undefined ? [] : [key];
  });
  const written = blocks(output, "SSH HOST KEY FINGERPRINTS").flatMap(
    (line) => /SHA256:[A-Za-z0-9+/]{43}/u.exec(line)?.[0] ?? [],
  );
  return { keys, fingerprints: [...new Set([...keys.map(fingerprint), ...written])] };
}

function blocks(output: string, title: string): readonly string[] {
  const lines: string[] = [];
  let inside = false;
  for (const line of output.split(/\r?\n/u)) {
    if (line.includes(`-----BEGIN ${title}-----`)) inside = true;
    else if (line.includes(`-----END ${title}-----`)) inside = false;
    else if (inside) lines.push(line);
  }
  return lines;
}
