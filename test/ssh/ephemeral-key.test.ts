import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { generateEphemeralKey } from "../../src/ssh/credentials.ts";

it("every key for Instance Connect is one, also those that begin with a zero byte, of which there is one in 256", () => {
  let withZero = 0;
  for (let made = 0; withZero < 3; made += 1) {
    const { privateKey, publicKey } = generateEphemeralKey();
    const [algorithm, base64 = "", comment] = publicKey.split(" ");
    const blob = Buffer.from(base64, "base64");
    expect([algorithm, blob.length, comment]).toEqual(["ssh-ed25519", 51, "bertops"]);
    if (blob[19] === 0) withZero += 1;
    else if (made > 20) continue;
    const parsed = ssh2.utils.parseKey(privateKey);
    if (parsed instanceof Error) throw parsed;
    expect(parsed.getPublicSSH()).toEqual(blob);
    expect(parsed.verify("text", parsed.sign("text"))).toBe(true);
  }
});
