import type { Ground } from "../../plan/ground.ts";

/** What instances run: Node.js's words for operating system and processor. */
export interface Target {
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "arm64" | "x64";
}

/** The target of a platform and an instance type. A sandbox's platform can be macOS. */
export function targetOf(ground: Pick<Ground, "platform" | "architecture">): Target {
  const system = ground.platform.operatingSystem.toLowerCase();
  return {
    os:
      system.includes("mac") || system.includes("darwin")
        ? "darwin"
        : system.includes("windows")
          ? "win32"
          : "linux",
    cpu: ground.architecture === "arm64" ? "arm64" : "x64",
  };
}

const SYSTEMS = "aix|android|darwin|freebsd|linux|macos|netbsd|openbsd|osx|sunos|win32|windows";
const PROCESSORS =
  "arm|arm64|armv6|armv7|armv7l|ia32|loong64|mips64el|ppc64|ppc64le|riscv64|s390x|universal|x64|x86|x86_64";
const LIBRARIES = "eabi|gnu|gnueabihf|glibc|msvc|musl";
/**
 * Directories and files of prebuilt programs: `darwin/arm64/`, `linux-x64/`, `linux-x64-musl/`, `darwin-x64+arm64/`,
 * `NAME.linux-x64-gnu.node`.
 */
const PLACE = new RegExp(
  `[/.](${SYSTEMS})[-_/](${PROCESSORS})((?:\\+(?:${PROCESSORS}))*)(?:-(${LIBRARIES}))?(?=/|\\.node$)`,
  "u",
);

/** Is a file of a package meant for another operating system or processor only? */
export function isForeign(file: string, target: Target): boolean {
  const place = PLACE.exec(`/${file}`);
  if (place === null) return false;
  const [, system = "", processor = "", further = "", libc] = place;
  const processors = [processor, ...further.split("+")];
  if (systemOf(system) !== target.os || libc === "musl") return true;
  return !processors.some((name) => name === "universal" || processorOf(name) === target.cpu);
}

/** Does a package's `os` or `cpu` field allow the target? */
export function allows(list: unknown, word: string): boolean {
  if (!Array.isArray(list) || list.length === 0) return true;
  if (list.includes(`!${word}`)) return false;
  const positive = list.filter((item) => typeof item === "string" && !item.startsWith("!"));
  return positive.length === 0 || positive.includes(word) || positive.includes("any");
}

function systemOf(name: string): string {
  return { macos: "darwin", osx: "darwin", windows: "win32" }[name] ?? name;
}

function processorOf(name: string): string {
  return { x86_64: "x64" }[name] ?? name;
}
