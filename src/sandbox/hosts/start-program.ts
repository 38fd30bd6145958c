import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Pipes } from "./pipes.ts";
import { signalGroup } from "./signal-group.ts";

/** How a program of an instance starts. */
export interface ProgramOptions {
  readonly env: Record<string, string>;
  readonly pipes: Pipes;
  /** The process group that the program leads; found when it is needed. Undefined where it leads none yet. */
  readonly group: (child: ChildProcess) => number | undefined;
}

/**
 * Starts a program in a session of its own, with pipes for its standard streams. The child is as Node.js makes one, but that
 * its streams are pipes that the program may open again, and that `kill` reaches its whole process group.
 */
export function startProgram(
  command: string,
  words: readonly string[],
  options: ProgramOptions,
): ChildProcess {
  const [stdin, stdout, stderr] = [
    options.pipes.open("in"),
    options.pipes.open("out"),
    options.pipes.open("out"),
  ];
  const child = spawn(command, words, {
    detached: true,
    env: options.env,
    stdio: [stdin.childs, stdout.childs, stderr.childs],
  });
  for (const pipe of [stdin, stdout, stderr]) closeSync(pipe.childs);
  const streams = {
    stdin: new Socket({ fd: stdin.ours, readable: false, writable: true }),
    stdout: new Socket({ fd: stdout.ours, readable: true, writable: false }),
    stderr: new Socket({ fd: stderr.ours, readable: true, writable: false }),
  };
  Object.assign(child, streams, { stdio: [streams.stdin, streams.stdout, streams.stderr, null, null] });
  child.kill = (signal: NodeJS.Signals | number = "SIGTERM"): boolean => {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const program = options.group(child);
    if (signalGroup(program, signal)) return true;
    // One that has only just begun is in the group of what starts it still, and may leave that at this very moment.
    const began = signalGroup(child.pid, signal);
    return signalGroup(program, signal) || began;
  };
  closesAfter(child, streams);
  return child;
}

/** Lets `close` come when the program has ended and nobody writes any more, as for streams that Node.js has made itself. */
function closesAfter(
  child: ChildProcess,
  streams: { readonly stdin: Socket; readonly stdout: Socket; readonly stderr: Socket },
): void {
  const emit = child.emit.bind(child);
  let awaited = 3;
  let how: unknown[] = [];
  const one = (): void => {
    awaited -= 1;
    if (awaited === 0) emit("close", ...how);
  };
  child.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== "close") return emit(event as "exit", ...(values as [number, NodeJS.Signals]));
    how = values;
    streams.stdin.destroy();
    // Nobody who never looked at a stream waits for its end.
    for (const stream of [streams.stdout, streams.stderr])
      if (stream.readableFlowing === null) stream.resume();
    one();
    return true;
  };
  streams.stdout.once("close", one);
  streams.stderr.once("close", one);
}
