import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

/** Directories of an instance that exist even before something is put there. */
const ALWAYS = ["efs", "etc", "home", "media", "mnt", "root", "run", "srv", "tmp", "var"];
const OPT_ALWAYS = ["opt/elasticbeanstalk", "opt/sandbox"];
/** What stays this machine's own: programs, libraries, devices, and what package managers keep in /opt. */
const NEVER = new Set(["bin", "dev", "lib", "lib64", "opt", "proc", "sbin", "sys", "usr"]);
/** What a script writes before absolute paths: empty on a real host. */
const VARIABLE = "ROOT_PREFIX";
/** Bytes. Longer files are no scripts that somebody wrote for a host. */
const LONGEST_SCRIPT = 256 * 1024;
/** Between these an absolute path may stand in a command. */
const BEFORE = "^|[\\s\"'`=:;|&<>(,{]";
const AFTER = "$|[/\\s\"'`;|&<>),:}*?]";

/** Translates paths of an instance without a namespace into paths of this machine, and back. */
export class PrefixPaths {
  readonly #root: string;
  readonly #foreign: readonly string[];

  /** `foreign`: directories of this machine that must be left as they are, such as the one that holds Node.js. */
  constructor(root: string, foreign: readonly string[] = []) {
    this.#root = root;
    this.#foreign = foreign;
  }

  /** A path of the instance, as this machine names it; one that already is stays. */
  path(inside: string): string {
    const local = this.strip(inside);
    return local === "/" ? this.#root : this.#root + local;
  }

  /** A path as the instance names it, whichever way it is written. */
  strip(path: string): string {
    let local = path;
    while (local === this.#root || local.startsWith(`${this.#root}/`)) {
      local = local.slice(this.#root.length) || "/";
    }
    return local;
  }

  /**
   * Every absolute path in a command, an argument or a value. A text that mentions ROOT_PREFIX sees to its paths
   * itself.
   */
  inText(text: string): string {
    if (!text.includes("/") || text.includes(VARIABLE)) return text;
    return text.replace(this.#pattern(), `${this.#root.replaceAll("$", "$$$$")}$&`);
  }

  /**
   * Does what is run put ROOT_PREFIX before its paths itself, being a script that says so? Then paths that it is given in
   * its environment must stay as the instance names them.
   */
  seenTo(argv: readonly string[]): boolean {
    return argv.some((word) => {
      if (word.includes(VARIABLE)) return true;
      if (!word.startsWith("/")) return false;
      const stats = statSync(this.path(word), { throwIfNoEntry: false });
      if (stats === undefined || !stats.isFile() || stats.size > LONGEST_SCRIPT) return false;
      return readFileSync(this.path(word), "utf8").includes(VARIABLE);
    });
  }

  #pattern(): RegExp {
    // The root lies in itself, too (see PrefixMachine), which must not make its own top directory the instance's.
    const own = this.#root.split("/")[1] ?? "";
    const found = existsSync(this.#root) ? readdirSync(this.#root) : [];
    const here = found.filter((name) => !NEVER.has(name) && name !== own);
    const names = [...new Set([...ALWAYS, ...OPT_ALWAYS, ...here])].map(quoted);
    const spared = [this.#root, ...this.#foreign].map(quoted).join("|");
    return new RegExp(
      `(?<=${BEFORE})(?!(?:${spared})(?:${AFTER}))/(?:${names.join("|")})(?=${AFTER})`,
      "gmu",
    );
  }
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
