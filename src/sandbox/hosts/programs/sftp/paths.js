import { lstat, readlink } from "node:fs/promises";
import { posix } from "node:path";

/** As many links as Linux follows. */
const MAX_LINKS = 40;

/**
 * Paths as a client names them, and where they lie. In an instance with a root of its own they are the same. Without one,
 * `root` is where the instance's files are, and no path of a client leads out of it: neither `..` nor a symbolic link,
 * whose absolute target counts from the root. What is mounted lies elsewhere; those directories may be entered.
 */
export class Paths {
  /**
   * @param {string} root empty where paths are what they say
   * @param {string} home where relative paths start
   */
  constructor(root, home) {
    this.root = root;
    this.home = this.inside(home);
  }

  /**
   * A path as the instance names it: absolute, without `.` and `..`, without the root before it.
   * @param {string} path
   */
  inside(path) {
    let local = posix.resolve(this.home ?? "/", path === "" ? "." : path);
    while (this.root !== "" && (local === this.root || local.startsWith(`${this.root}/`))) {
      local = local.slice(this.root.length) || "/";
    }
    return local.replace(/(?<=.)\/$/u, "");
  }

  /**
   * Where a path lies. `follow`: through a symbolic link at its end too.
   * @param {string} path
   * @param {boolean} [follow]
   */
  async local(path, follow = true) {
    const inside = this.inside(path);
    return this.root === "" ? inside : (await this.#walk(inside, follow)).local;
  }

  /**
   * The path without any symbolic link, as the instance names it; what does not exist may stand at its end.
   * @param {string} path
   */
  async real(path) {
    const inside = this.inside(path);
    const walked = await this.#walk(inside, true);
    return walked.inside;
  }

  /**
   * The target of a link as a client shall read it.
   * @param {string} path
   */
  async target(path) {
    const target = await readlink(await this.local(path, false));
    return this.root !== "" && posix.isAbsolute(target) ? this.inside(target) : target;
  }

  /**
   * @param {string} start an absolute path of the instance
   * @param {boolean} follow
   */
  async #walk(start, follow) {
    /** @type {string[]} */
    let names = start.split("/").filter(Boolean);
    /** @type {string[]} */
    let done = [];
    let links = 0;
    /** Where the mount that was entered last lies, and how many names lead to it. */
    let base = { depth: 0, local: this.root };
    const lies = () => [base.local, ...done.slice(base.depth)].join("/") || "/";
    while (names.length > 0) {
      const [name = "", ...rest] = names;
      names = rest;
      if (name === "..") {
        done.pop();
        if (done.length < base.depth) base = { depth: 0, local: this.root };
        continue;
      }
      done.push(name);
      if (!follow && rest.length === 0) break;
      const stats = await lstat(lies()).catch(() => undefined);
      if (!stats?.isSymbolicLink()) continue;
      links += 1;
      if (links > MAX_LINKS) throw Object.assign(new Error("too many links"), { code: "ELOOP" });
      const target = await readlink(lies());
      if (this.#mounted(done, target)) {
        base = { depth: done.length, local: target };
        continue;
      }
      done.pop();
      const absolute = posix.isAbsolute(target);
      if (absolute) {
        done = [];
        base = { depth: 0, local: this.root };
      }
      const next = absolute ? this.inside(target) : target;
      names = [...next.split("/").filter((part) => part !== "" && part !== "."), ...rest];
    }
    return { local: lies(), inside: `/${done.join("/")}` };
  }

  /**
   * Is this link the sandbox's own way of showing a mounted file system? It says so in SANDBOX_MOUNTS_FILE.
   * @param {readonly string[]} names
   * @param {string} target
   */
  #mounted(names, target) {
    return this.mounts?.get(`/${names.join("/")}`) === target;
  }

  /** Mount points and what lies there; only where there is no namespace. @type {Map<string, string> | undefined} */
  mounts = undefined;
}
