import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/sandbox/wire/canonical-request.ts";
import { ChunkedBody } from "../../../src/sandbox/wire/chunked-body.ts";
import { deriveSigningKey, hmac, type VerifiedSignature } from "../../../src/sandbox/wire/signature.ts";

async function decode(
  text: string,
  pieces: number,
  signed?: VerifiedSignature,
): Promise<[string, ChunkedBody]> {
  const bytes = Buffer.from(text);
  const size = Math.ceil(bytes.length / pieces);
  const parts = Array.from({ length: pieces }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const body = new ChunkedBody(signed, "x-amz-checksum-crc32");
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(parts).pipe(body) as AsyncIterable<Buffer>) chunks.push(chunk);
  return [Buffer.concat(chunks).toString(), body];
}

const scope = "20261122/eu-west-1/s3/aws4_request";
const verified: VerifiedSignature = {
  key: { accessKeyId: "a", secretAccessKey: "b", userArn: "", userId: "" },
  signature: "0".repeat(64),
  timestamp: "20261122T000000Z",
  scope,
  signingKey: deriveSigningKey("b", scope),
  payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
};

function signedBody(chunks: readonly string[]): string {
  let previous = verified.signature;
  return [...chunks, ""]
    .map((chunk) => {
      const toSign = [
        "AWS4-HMAC-SHA256-PAYLOAD",
        verified.timestamp,
        scope,
        previous,
        sha256(""),
        sha256(chunk),
      ];
      previous = hmac(verified.signingKey, toSign.join("\n")).toString("hex");
      return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
    })
    .join("");
}

describe("aws-chunked bodies", () => {
  test.each([1, 2, 7, 30])(
    "are joined, however they are cut (%i pieces), and trailers kept",
    async (pieces) => {
      const [text, body] = await decode(
        "5\r\nhello\r\n7\r\n, world\r\n0\r\nx-amz-checksum-crc32:/3IFfA==\r\n\r\n",
        pieces,
      );
      expect(text).toBe("hello, world");
      expect(body.trailers.get("x-amz-checksum-crc32")).toBe("/3IFfA==");
    },
  );

  test("may hold line ends in their data", async () => {
    expect((await decode("4\r\n\r\n\r\n\r\n0\r\n\r\n", 3))[0]).toBe("\r\n\r\n");
  });

  test("that end too early are incomplete", async () => {
    await expect(decode("5\r\nhel", 1)).rejects.toMatchObject({ code: "IncompleteBody" });
  });

  test("with signed chunks are verified chunk by chunk", async () => {
    expect((await decode(signedBody(["one", "two"]), 4, verified))[0]).toBe("onetwo");
    await expect(decode(signedBody(["one", "two"]).replace("two", "twO"), 4, verified)).rejects.toMatchObject(
      {
        code: "SignatureDoesNotMatch",
      },
    );
  });
});
