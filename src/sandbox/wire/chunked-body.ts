import { Transform, type TransformCallback } from "node:stream";
import { ServiceError } from "./operation.ts";
import { sha256 } from "./canonical-request.ts";
import { equalHex, hmac, type VerifiedSignature } from "./signature.ts";

const EMPTY_HASH = sha256("");
const MAX_LINE = 8192;

/**
 * Decodes a body with `content-encoding: aws-chunked`: `SIZE[;chunk-signature=…]CRLF DATA CRLF …`, a chunk of size 0,
 * trailers. Signed chunks are verified. The trailers are in `trailers` when the stream has ended.
 */
export class ChunkedBody extends Transform {
  readonly trailers = new Map<string, string>();
  /** The name of the trailer that will come. */
  readonly announced: string | undefined;
  readonly #verified: VerifiedSignature | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #chunk: Buffer[] = [];
  #left = 0;
  #state: "size" | "data" | "data-end" | "trailers" = "size";
  #chunkSignature = "";
  #previousSignature: string;

  /** `signed`: the request's signature, where every chunk carries one of its own. `announced`: the header `x-amz-trailer`. */
  constructor(signed: VerifiedSignature | undefined, announced: string | undefined) {
    super();
    this.announced = announced?.trim().toLowerCase();
    this.#verified = signed;
    this.#previousSignature = signed?.signature ?? "";
  }

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
      while (this.#step());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    // A client may leave out the empty line after the trailers.
    if (this.#state === "trailers") {
      if (this.#pending.length > 0) this.#trailer(this.#pending.toString("latin1"));
      done();
    } else {
      done(incomplete());
    }
  }

  #step(): boolean {
    switch (this.#state) {
      case "size": {
        const line = this.#line();
        if (line === undefined) return false;
        const [size = "", ...extensions] = line.split(";");
        if (!/^[0-9a-fA-F]{1,12}$/.test(size)) throw incomplete();
        this.#left = Number.parseInt(size, 16);
        this.#chunkSignature =
          extensions.find((one) => one.startsWith("chunk-signature="))?.slice("chunk-signature=".length) ??
          "";
        this.#chunk = [];
        this.#state = "data";
        if (this.#left === 0) {
          this.#verifyChunk();
          this.#state = "trailers";
        }
        return true;
      }
      case "data": {
        if (this.#pending.length === 0) return false;
        const piece = this.#pending.subarray(0, this.#left);
        this.#pending = this.#pending.subarray(piece.length);
        this.#left -= piece.length;
        if (this.#verified) this.#chunk.push(piece);
        else this.push(piece);
        if (this.#left === 0) {
          this.#verifyChunk();
          for (const verified of this.#chunk) this.push(verified);
          this.#state = "data-end";
        }
        return true;
      }
      case "data-end": {
        const line = this.#line();
        if (line === undefined) return false;
        if (line !== "") throw incomplete();
        this.#state = "size";
        return true;
      }
      case "trailers": {
        const line = this.#line();
        if (line === undefined) return false;
        if (line !== "") this.#trailer(line);
        return true;
      }
    }
    return false;
  }

  #line(): string | undefined {
    const end = this.#pending.indexOf("\r\n");
    if (end === -1) {
      if (this.#pending.length > MAX_LINE) throw incomplete();
      return undefined;
    }
    const line = this.#pending.toString("latin1", 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #trailer(line: string): void {
    const colon = line.indexOf(":");
    if (colon > 0) this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }

  #verifyChunk(): void {
    if (!this.#verified) return;
    const { timestamp, scope, signingKey } = this.#verified;
    const toSign = [
      "AWS4-HMAC-SHA256-PAYLOAD",
      timestamp,
      scope,
      this.#previousSignature,
      EMPTY_HASH,
      sha256(Buffer.concat(this.#chunk)),
    ].join("\n");
    if (!equalHex(hmac(signingKey, toSign).toString("hex"), this.#chunkSignature)) {
      throw new ServiceError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        403,
      );
    }
    this.#previousSignature = this.#chunkSignature;
  }
}

function incomplete(): ServiceError {
  return new ServiceError("IncompleteBody", "The request body terminated unexpectedly");
}
