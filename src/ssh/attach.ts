import type { ClientChannel } from "ssh2";

/** A person's terminal. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** Hands the terminal over to a shell until it ends; resolves to the shell's exit code. */
export function attach(channel: ClientChannel, { stdin, stdout }: Terminal): Promise<number> {
  const resized = (): void => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  stdout.on("resize", resized);
  return new Promise<number>((resolve) => {
    channel.on("close", (code?: number | null) => resolve(code ?? 1));
  }).finally(() => {
    stdout.off("resize", resized);
    stdin.unpipe(channel);
    stdin.setRawMode(false);
    stdin.pause();
  });
}
