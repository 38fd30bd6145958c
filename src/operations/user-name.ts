import os from "node:os";

/** Who is at work here, as login names go. A container's user may have none: then the environment's word counts, or the number. */
export function userName(environment: Readonly<Record<string, string | undefined>> = {}): string {
  try {
    return os.userInfo().username;
  } catch {
    return environment["USER"] || environment["LOGNAME"] || `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
