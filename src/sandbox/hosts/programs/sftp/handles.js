/** Open files and directories, by the short strings that a client knows them by. */
export class Handles {
  #next = 0;
  /** @type {Map<string, OpenFile | OpenDirectory>} */
  #open = new Map();

  /**
   * @typedef {{ kind: "file", file: import("node:fs/promises").FileHandle, append: boolean }} OpenFile
   * @typedef {{ kind: "directory", path: string, entries: import("node:fs").Dirent[] | undefined }} OpenDirectory
   */

  /** @param {OpenFile | OpenDirectory} what */
  add(what) {
    const name = String(this.#next);
    this.#next += 1;
    this.#open.set(name, what);
    return name;
  }

  /** @param {string} name */
  file(name) {
    const found = this.#open.get(name);
    if (found?.kind !== "file") throw Object.assign(new Error("no such file handle"), { code: "EBADF" });
    return found;
  }

  /** @param {string} name */
  directory(name) {
    const found = this.#open.get(name);
    if (found?.kind !== "directory")
      throw Object.assign(new Error("no such directory handle"), { code: "EBADF" });
    return found;
  }

  /** @param {string} name */
  async close(name) {
    const found = this.#open.get(name);
    if (found === undefined) throw Object.assign(new Error("no such handle"), { code: "EBADF" });
    this.#open.delete(name);
    if (found.kind === "file") await found.file.close();
  }

  async closeAll() {
    await Promise.all([...this.#open.keys()].map((name) => this.close(name)));
  }
}
