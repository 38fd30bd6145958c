import { PassThrough } from "node:stream";
import { main } from "../../src/main.ts";

/** What a command line came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process and collects what it writes. */
export async function bertops(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const [stdin, stdout, stderr] = streams as unknown as [
    NodeJS.ReadStream,
    NodeJS.WriteStream,
    NodeJS.WriteStream,
  ];
  const code = await main(argv, { stdin, stdout, stderr, env, cwd: () => "/" });
  const text = (stream: PassThrough): string => ((stream.read() as Buffer | null) ?? "").toString();
  return { code, stdout: text(streams[1]), stderr: text(streams[2]) };
}
