import path from "node:path";
import { UserError } from "../errors.ts";
import { shellWord } from "../ssh/quote.ts";

/** Where a project lies, and where its commands are typed; both absolute. */
export interface ProjectLocation {
  readonly directory: string;
  readonly cwd: string;
}

/** The project's directory as an argument of a command; `.` where one is in it. */
export function directoryWord({ directory, cwd }: ProjectLocation): string {
  return shellWord(path.relative(cwd, directory) || ".");
}

/** What brings a shell into the project, in front of a command; empty where it is there. */
export function entering(location: ProjectLocation): string {
  const short = directoryWord(location);
  return short === "." ? "" : `cd ${short} && `;
}

/** Runs `act` for a project; the next commands of its errors are such as can be typed in `cwd`. */
export async function toldFrom<Value>(location: ProjectLocation, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    const into = entering(location);
    if (!(error instanceof UserError) || into === "") throw error;
    const next = error.next.map((command) => {
      if (command === "bertops init") return `bertops init ${directoryWord(location)}`;
      return command.startsWith("bertops ") ? `${into}${command}` : command;
    });
    throw error.withNext(next);
  }
}
