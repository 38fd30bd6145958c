import { Duplex } from "node:stream";
import { type RawData, WebSocket } from "ws";
import { EXIT, UserError } from "../errors.ts";

/** AWS's own client sends no longer frames. */
const MAX_FRAME = 65_000;
/** Milliseconds to open the WebSocket. */
const HANDSHAKE_MS = 15_000;
const NORMAL_CLOSURE = 1000;

/**
 * Opens a WebSocket whose binary frames are a byte stream, as an EC2 Instance Connect Endpoint speaks it. `label` names it in
 * messages. Rejects with `tunnel-denied` where AWS refuses, `ssh-unreachable` where nothing answers.
 */
export function openTunnel(url: string, label: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // Compression would only cost time: what goes through is encrypted.
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS });
    const aborted = (): void => {
      socket.terminate();
      reject(signal.reason);
    };
    const settle = (): void => signal.removeEventListener("abort", aborted);
    signal.addEventListener("abort", aborted, { once: true });
    socket.once("open", () => {
      settle();
      resolve(byteStream(socket, label));
    });
    socket.on("error", (error) => {
      settle();
      reject(
        new UserError({
          reason: "ssh-unreachable",
          message: `The tunnel through ${label} could not be opened: ${error.message}`,
          hint: "See that this machine may open HTTPS connections to AWS, then run the same command again.",
          next: ["bertops doctor"],
          exitCode: EXIT.retry,
          cause: error,
        }),
      );
    });
    socket.once("unexpected-response", (request, response) => {
      settle();
      let said = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (said.length < 4096) said += chunk;
      });
      response.on("close", () => {
        request.destroy();
        reject(refusal(response.statusCode ?? 0, said, label));
      });
    });
  });
}

function refusal(status: number, body: string, label: string): UserError {
  const said =
    /"[Mm]essage"\s*:\s*"(?<text>[^"]*)"/u.exec(body)?.groups?.["text"] ?? body.trim().slice(0, 300);
  if (status === 429 || status >= 500)
    return new UserError({
      reason: "ssh-unreachable",
      message: `${label} takes no connection now (HTTP ${status}): ${said}`,
      hint: "An endpoint carries 20 connections at a time. Wait a little, then run the same command again.",
      exitCode: EXIT.retry,
    });
  return new UserError({
    reason: "tunnel-denied",
    message: `${label} refuses the tunnel (HTTP ${status}): ${said}`,
    hint: "The caller needs ec2-instance-connect:OpenTunnel on the endpoint, and the endpoint must belong to the instance's VPC.",
    next: ["aws ec2 describe-instance-connect-endpoints", "aws sts get-caller-identity"],
    exitCode: EXIT.denied,
  });
}

/** The WebSocket as a stream with back-pressure both ways. */
function byteStream(socket: WebSocket, label: string): Duplex {
  let ended = false;
  const stream = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      send(socket, chunk, done);
    },
    final(done) {
      socket.close(NORMAL_CLOSURE);
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  const end = (): void => {
    if (ended) return;
    ended = true;
    stream.push(null);
  };
  socket.on("message", (data: RawData, binary: boolean) => {
    if (!binary) stream.destroy(new Error(`${label} sent text where bytes were expected`));
    else if (!ended && !stream.push(toBuffer(data))) socket.pause();
  });
  socket.on("error", (error) => stream.destroy(error));
  socket.on("close", (code, reason) => {
    if (code === NORMAL_CLOSURE || ended) end();
    else stream.destroy(new Error(closed(label, code, reason.toString("utf8"))));
  });
  return stream;
}

function send(socket: WebSocket, chunk: Buffer, done: (error?: Error) => void): void {
  for (let at = 0; at < chunk.length; at += MAX_FRAME) {
    const last = at + MAX_FRAME >= chunk.length;
    socket.send(chunk.subarray(at, at + MAX_FRAME), { binary: true }, last ? done : undefined);
  }
}

function closed(label: string, code: number, reason: string): string {
  const why = reason === "" ? `code ${code}` : reason;
  return `${label} closed the tunnel (${why}); does the instance's security group admit the endpoint's on the SSH port?`;
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
