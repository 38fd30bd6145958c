import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint, hostKeyFromLine } from "../../src/ssh/host-key.ts";
import { consoleKeys } from "../../src/ssh/console-keys.ts";
import { keysOf, knownHostLine, parseKnownHosts } from "../../src/ssh/known-hosts.ts";

const ONE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKgWhAXA0fxRAFi6BtTjWnYmjBEcYLvVTrYWGQp4/WXW";
const TWO = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDkNcw8QYvwq2WzIqrYHcJZ8Q7o5EVjcnm2dGDQyW3TT";

function trusted(text: string, name: string): number {
  return keysOf(parseKnownHosts(text), [name]).trusted.length;
}

describe("a known_hosts file", () => {
  it("knows hosts by name, port, pattern and negation", () => {
    expect(trusted(`example.org ${ONE}`, "example.org")).toBe(1);
    expect(trusted(`EXAMPLE.org,10.0.0.1 ${ONE} comment here`, "10.0.0.1")).toBe(1);
    expect(trusted(`[example.org]:2222 ${ONE}`, "[example.org]:2222")).toBe(1);
    expect(trusted(`[example.org]:2222 ${ONE}`, "example.org")).toBe(0);
    expect(trusted(`*.example.org,!bad.example.org ${ONE}`, "good.example.org")).toBe(1);
    expect(trusted(`*.example.org,!bad.example.org ${ONE}`, "bad.example.org")).toBe(0);
    expect(trusted(`node? ${ONE}`, "node7")).toBe(1);
    expect(trusted(`node.7 ${ONE}`, "nodex7")).toBe(0);
  });

  it("skips comments, blank lines, damaged keys and unknown markers", () => {
    const text = `# ${ONE}\n\nexample.org ssh-ed25519 AAAA\n@other example.org ${ONE}\nexample.org\nexample.org ssh-rsa ${ONE.split(" ")[1]}\n`;
    expect(parseKnownHosts(text)).toEqual([]);
  });

  it("tells revoked keys and certificate authorities from trusted ones", () => {
    const keys = keysOf(parseKnownHosts(`@revoked * ${TWO}\r\n@cert-authority * ${ONE}\r\n`), [
      "example.org",
    ]);
    expect(keys.revoked).toHaveLength(1);
    expect(keys.trusted).toHaveLength(0);
  });

  it("knows a hashed name", () => {
    // As `ssh-keygen -H` writes it.
    const hmac = (salt: string): string =>
      createHmac("sha1", Buffer.from(salt, "base64")).update("[127.0.0.1]:4022").digest("base64");
    const salt = "bm90IHZlcnkgcmFuZG9tISE=";
    expect(trusted(`|1|${salt}|${hmac(salt)} ${ONE}`, "[127.0.0.1]:4022")).toBe(1);
    expect(trusted(`|1|${salt}|${hmac(salt)} ${ONE}`, "[127.0.0.1]:4023")).toBe(0);
  });

  it("is read back from what is written", () => {
    const key = hostKeyFromLine(ONE);
    expect(key).toBeDefined();
    if (key === undefined) return;
    expect(trusted(knownHostLine("i-0123", key), "i-0123")).toBe(1);
  });
});

describe("console output", () => {
  it("gives keys and fingerprints from cloud-init's blocks, and from nowhere else", () => {
    const output = [
      `login: ${TWO}`,
      "ec2: #############################################################",
      "ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----",
      "ec2: 256 SHA256:0123456789012345678901234567890123456789abc root@ip (ECDSA)",
      "ec2: -----END SSH HOST KEY FINGERPRINTS-----",
      "-----BEGIN SSH HOST KEY KEYS-----",
      `${ONE} root@ip-10-0-0-1`,
      "-----END SSH HOST KEY KEYS-----",
    ].join("\r\n");
    const found = consoleKeys(output);
    const key = hostKeyFromLine(ONE);
    expect(found.keys).toHaveLength(1);
    expect(found.fingerprints).toEqual([
      key === undefined ? "" : fingerprint(key),
      "SHA256:0123456789012345678901234567890123456789abc",
    ]);
    expect(consoleKeys("nothing yet")).toEqual({ keys: [], fingerprints: [] });
  });
});
