import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ServerChannel } from "ssh2";

/**
 * Joins a program's standard streams to an SSH channel, with back-pressure and half-close, and tells how it ended.
 * Stdout and stderr share the channel's window, and ssh2 remembers only one of them as waiting for it: so a chunk goes out
 * only when the one before is gone.
 */
export function pump(child: ChildProcess, channel: ServerChannel, { merge = false } = {}): void {
  let last: Promise<void> = Promise.resolve();
  let open = true;
  const send = (into: Writable, chunk: Buffer): Promise<void> => {
    last = last.then(
      () =>
        new Promise<void>((resolve) => {
          if (!open) return resolve();
          channel.once("close", resolve);
          into.write(chunk, () => {
            channel.removeListener("close", resolve);
            resolve();
          });
        }),
    );
    return last;
  };
  const forward = async (from: Readable | null, into: Writable): Promise<void> => {
    if (from === null) return;
    try {
      for await (const chunk of from) {
        await send(into, chunk as Buffer);
        if (!open) break;
      }
    } catch {
      // The program is gone, or was let go.
    }
  };
  channel.on("close", () => {
    open = false;
    // As sshd does without a terminal: the program keeps running, deaf and mute.
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  channel.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  if (child.stdin !== null) channel.pipe(child.stdin);
  const told = Promise.all([
    forward(child.stdout, channel),
    forward(child.stderr, merge ? channel : channel.stderr),
  ]);
  child.once("error", () => ended(127, null));
  child.once("close", ended);
  function ended(code: number | null, signal: NodeJS.Signals | null): void {
    void told.then(() => {
      if (!open) return;
      if (signal === null) channel.exit(code ?? 255);
      else channel.exit(signal.replace(/^SIG/u, ""), false, "");
      channel.end();
    });
  }
}
