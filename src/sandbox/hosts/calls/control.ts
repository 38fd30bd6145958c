import { constants, openSync, readFileSync, rmSync, statSync, writeSync, closeSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { userNameOf } from "../users.ts";
import type { Answer, Call, Voice } from "./call.ts";
import type { Inside } from "./inside.ts";
import { PROGRAMS } from "./programs.ts";

/** How often a caller is looked for before it counts as gone; it opens its pipe right after it has rung. */
const PATIENCE = 100;

/** Answers the programs of one instance, from a boot until `close`. */
export class Control {
  readonly #inside: Inside;
  readonly #run: string;
  #bell: Socket | undefined;
  readonly #open = new Set<AbortController>();

  constructor(inside: Inside) {
    this.#inside = inside;
    this.#run = join(inside.machine.root, "run/sandbox");
  }

  /** Hangs up the pipe that callers ring at. */
  open(): void {
    const path = join(this.#run, "control");
    rmSync(path, { force: true });
    execFileSync("mkfifo", ["-m", "622", path]);
    // Open for writing too, or it would end when the first caller closes it.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const bell = new Socket({ fd, readable: true, writable: false });
    let rest = "";
    bell.setEncoding("utf8").on("data", (text: string) => {
      const numbers = (rest + text).split("\n");
      rest = numbers.pop() ?? "";
      for (const number of numbers) {
        if (/^\d+$/u.test(number)) this.#answer(number).catch(() => undefined);
      }
    });
    bell.on("error", () => undefined);
    this.#bell = bell;
  }

  close(): void {
    this.#bell?.destroy();
    this.#bell = undefined;
    for (const each of this.#open) each.abort();
  }

  async #answer(number: string): Promise<void> {
    const pipe = join(this.#run, "calls", number);
    const call = this.#read(`${pipe}.words`);
    const line = await this.#pickUp(pipe);
    rmSync(pipe, { force: true });
    rmSync(`${pipe}.words`, { force: true });
    if (line === undefined) return;
    const gone = new AbortController();
    this.#open.add(gone);
    const tell = (text: string): void => {
      try {
        writeSync(line, `${text}\n`);
      } catch {
        gone.abort();
      }
    };
    // A caller that is waited for says nothing when it goes: an empty line finds out.
    const pulse = setInterval(() => tell(""), 200);
    const voice: Voice = {
      out: (text) => tell(`o${text}`),
      err: (text) => tell(`e${text}`),
      gone: gone.signal,
      listening: () => {
        tell("");
        return !gone.signal.aborted;
      },
    };
    try {
      const answer = await this.#perform(call, voice);
      tell(typeof answer === "number" ? `x${answer}` : `r${answer.run}`);
    } catch (error) {
      tell(`e${call.program}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
      tell("x1");
    } finally {
      clearInterval(pulse);
      this.#open.delete(gone);
      closeSync(line);
    }
  }

  async #perform(call: Call, voice: Voice): Promise<Answer> {
    const program = PROGRAMS.get(call.program);
    if (program !== undefined) return program(call, this.#inside, voice);
    voice.err(`${call.program}: the sandbox does not know this program`);
    return 127;
  }

  /** Opens the caller's pipe, which refuses for as long as nobody reads there. */
  async #pickUp(pipe: string): Promise<number | undefined> {
    for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
      try {
        return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENXIO") return undefined;
        await wait(attempt < 10 ? 1 : 10);
      }
    }
    return undefined;
  }

  #read(path: string): Call {
    const { machine } = this.#inside;
    const [program = "", name = "", directory = "/", ...words] = readFileSync(path, "utf8")
      .split("\0")
      .slice(0, -1);
    const owner = machine.realUsers ? userNameOf(statSync(path).uid) : name || "root";
    const prefix = machine.isolation === "prefix" ? machine.root : undefined;
    return {
      program,
      user: owner,
      directory: prefix === undefined ? directory : stripped(directory, prefix),
      words: prefix === undefined ? words : words.map((word) => stripped(word, prefix)),
    };
  }
}

/** A word without the instance's root before it, however often it was put there; after `=` too (`--target=PATH`). */
function stripped(word: string, prefix: string): string {
  const [, option = "", path = word] = /^(--?[\w-]+=)?(.*)$/su.exec(word) ?? [];
  let local = path;
  while (local === prefix || local.startsWith(`${prefix}/`)) local = local.slice(prefix.length) || "/";
  return option + local;
}
